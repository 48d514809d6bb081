using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>The number that says which answers are right: how many are wrong, and which flipped.</summary>
internal static class RightAnswers
{
    /// <summary>Wrong answers of the model under test; null where no number counts right ones.</summary>
    /// <param name="facts">What the run found.</param>
    /// <param name="headline">Its headline numbers.</param>
    public static long? CountWrong(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline) =>
        Ordered(facts, headline).FirstOrDefault(known => known.Value is not null && SharesOfRight.PlaceOf(known.Name) >= 0) is { } line
            ? (long)Math.Round((1 - line.Value!.Value) * line.Samples)
            : null;

    /// <summary>Samples that only one model got right by the same number, else by the first one that knows; null without a baseline.</summary>
    /// <param name="facts">What the run found.</param>
    /// <param name="headline">Its headline numbers.</param>
    public static OverviewFlips? CountFlips(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline) =>
        Ordered(facts, headline).FirstOrDefault(known => known is { Gained: not null, Lost: not null } && !known.Name.Contains('['))
            is { } line
            ? new OverviewFlips(line.Name, line.Gained!.Value, line.Lost!.Value)
            : null;

    /// <summary>The numbers over all samples: first those that count right answers, of these first the headline's.</summary>
    private static IEnumerable<MetricValue> Ordered(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline) =>
        facts
            .Candidate.Where(known => known.Slice == SliceNames.All)
            .Select(known => (Line: known, Place: SharesOfRight.PlaceOf(known.Name)))
            .OrderBy(known => known.Place >= 0 ? 0 : 1)
            .ThenBy(known => headline.Any(number => number.Name == known.Line.Name) ? 0 : 1)
            .ThenBy(known => known.Place)
            .Select(known => known.Line);
}
