using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Suites;

/// <summary>What a suite's verdict knows of one dataset.</summary>
/// <param name="Dataset">Its name, or the pattern that no dataset has.</param>
/// <param name="Tier">How it counts.</param>
/// <param name="Verdict">What its run says; null where there is no verdict.</param>
/// <param name="NoVerdict">Why there is none, without a full stop, for example <c>there is no dataset of this name</c>; null where there is
/// one.</param>
public sealed record SuiteEntry(string Dataset, SuiteTier Tier, VerdictResult? Verdict, string? NoVerdict = null);
