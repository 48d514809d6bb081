using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Client.Layout;

/// <summary>A result as it is seen at a glance: a sign, a word and a colour, so that no colour stands alone.</summary>
/// <param name="Sign">A character.</param>
/// <param name="Word">A word in small letters.</param>
/// <param name="Colour">The name of a colour.</param>
internal sealed record Mark(string Sign, string Word, string Colour)
{
    /// <summary>Sign and word.</summary>
    public string Text => $"{Sign} {Word}";

    /// <summary>The mark of a verdict.</summary>
    public static Mark Of(VerdictResult verdict) =>
        verdict switch
        {
            VerdictResult.Pass => new("✓", "pass", "green"),
            VerdictResult.Fail => new("✗", "fail", "red"),
            _ => new("?", "inconclusive", "yellow"),
        };

    /// <summary>The mark of a run: of its status, unless it is complete and has a verdict.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="verdict">Its verdict; null without one.</param>
    public static Mark Of(RunStatus status, VerdictResult? verdict) =>
        status switch
        {
            RunStatus.Completed => verdict is { } said ? Of(said) : new("•", "no gate", "blue"),
            RunStatus.Failed => new("✗", "failed", "red"),
            RunStatus.Cancelled => new("■", "cancelled", "yellow"),
            RunStatus.Partial => new("◐", "partial", "yellow"),
            RunStatus.Running => new("▶", "running", "blue"),
            RunStatus.AwaitingDeployment => new("…", "awaiting deployment", "blue"),
            _ => new("…", "pending", "blue"),
        };

    /// <summary>The mark of a comparison.</summary>
    public static Mark Of(ComparisonDecision decision) =>
        decision switch
        {
            ComparisonDecision.Worse => new("✗", "worse", "red"),
            ComparisonDecision.Better => new("✓", "better", "green"),
            ComparisonDecision.NoClearDifference => new("=", "no clear change", "green"),
            _ => new("?", "not decided", "yellow"),
        };
}
