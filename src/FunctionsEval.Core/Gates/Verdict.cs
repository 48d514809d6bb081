using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Gates;

/// <summary>What a gate, or one rule of it, says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerdictResult>))]
public enum VerdictResult
{
    /// <summary>It holds.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>The data does not decide it.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>The verdict of a run.</summary>
/// <param name="Result">Fail when a rule fails, else inconclusive when one is, else pass; inconclusive for an incomplete run, and for one
/// in which no sample counts.</param>
/// <param name="Rules">What each rule says, in the spec's order; the one reason of a run in which no sample counts.</param>
public sealed record Verdict(VerdictResult Result, IReadOnlyList<RuleVerdict> Rules);

/// <summary>What one rule says.</summary>
/// <param name="Result">The rule's result.</param>
/// <param name="Reason">The numbers behind it, for example <c>F1 (macro) 81.2 % is at least 80 %</c>.</param>
public sealed record RuleVerdict(VerdictResult Result, string Reason)
{
    internal static RuleVerdict Pass(string reason) => new(VerdictResult.Pass, reason);

    internal static RuleVerdict Fail(string reason) => new(VerdictResult.Fail, reason);

    internal static RuleVerdict Inconclusive(string reason) => new(VerdictResult.Inconclusive, reason);
}
