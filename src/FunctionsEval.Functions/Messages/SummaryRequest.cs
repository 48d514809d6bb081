using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Messages;

/// <summary>Input of <c>WriteSamples</c>, <c>WriteSummary</c> and <c>WriteCandidates</c>.</summary>
internal sealed record SummaryRequest(string RunId, int Resumption, bool IsComplete)
{
    /// <summary>Why the run was stopped; null for a complete one, and in histories of earlier versions.</summary>
    public RunFailure? Stop { get; init; }

    /// <summary>When the answers were there, in UTC, which is the run's end in its report; null in histories of earlier versions.</summary>
    public DateTime? Answered { get; init; }

    /// <summary>
    /// As in <see cref="PlanReport.ShardsMerged"/>: 0 for a run whose samples are written by <c>WriteSamples</c>, and for groups.
    /// </summary>
    public int ShardsMerged { get; init; }
}
