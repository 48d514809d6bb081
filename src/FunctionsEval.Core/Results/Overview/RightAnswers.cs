using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>How many answers of the model under test are wrong, by the number that also marks the samples.</summary>
internal static class RightAnswers
{
    /// <summary>The line that says what is right; null where no number counts right answers.</summary>
    /// <param name="facts">What the run found.</param>
    public static MetricValue? Find(OverviewFacts facts) =>
        facts
            .Candidate.Where(known => known is { Slice: SliceNames.All, Value: not null } && RightShares.RankOf(known.Name) is not null)
            .MinBy(known => RightShares.RankOf(known.Name));

    /// <summary>Wrong answers; null where no number counts right ones.</summary>
    /// <param name="facts">What the run found.</param>
    public static long? CountWrong(OverviewFacts facts) =>
        Find(facts) is { } line ? (long)Math.Round((1 - line.Value!.Value) * line.Samples) : null;
}
