namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>
/// A number of how the scores of a class put its samples before others, averaged over classes. 8 bytes a sample and class are kept.
/// </summary>
/// <param name="Curve">What is computed of one contest.</param>
/// <param name="Contests">The contests over which it is averaged. In a statistic word 1 is the true class and word 2 + c the score of class
/// c, as the bits of a double.</param>
/// <param name="IsWeighted">Whether contests weigh by the occurrences of their class instead of alike.</param>
public sealed record ContestRule(RankingCurve Curve, IReadOnlyList<RankingContest> Contests, bool IsWeighted) : SampleRule
{
    /// <summary>One class against all others.</summary>
    public static ContestRule OneClass(RankingCurve curve, int positive) =>
        new(curve, [new RankingContest(positive, null)], IsWeighted: false);

    /// <summary>Each class against all others; undefined when a class does not occur.</summary>
    public static ContestRule OneVersusRest(RankingCurve curve, int classes, bool isWeighted) =>
        new(curve, [.. Enumerable.Range(0, classes).Select(label => new RankingContest(label, null))], isWeighted);

    /// <summary>Each class against each other one, among those that occur (Hand and Till, Machine Learning 45, 2001).</summary>
    public static ContestRule OneVersusOne(RankingCurve curve, int classes) =>
        new(
            curve,
            [
                .. from first in Enumerable.Range(0, classes)
                from second in Enumerable.Range(0, classes)
                where first != second
                select new RankingContest(first, second),
            ],
            IsWeighted: false
        );
}
