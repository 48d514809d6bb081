namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>
/// How a number follows from the order of the samples by their scores. It is no function of a sum over samples, so the scores themselves
/// are kept: 8 bytes a sample and class.
/// </summary>
/// <param name="Curve">What is computed of one contest.</param>
/// <param name="Contests">The contests over which it is averaged. In a statistic word 1 is the true class and word 2 + c the score of class
/// c, as the bits of a double.</param>
/// <param name="IsWeighted">Whether contests weigh by the occurrences of their class instead of alike.</param>
public sealed record RankingRule(RankingCurve Curve, IReadOnlyList<RankingContest> Contests, bool IsWeighted)
{
    /// <summary>One class against all others.</summary>
    public static RankingRule OneClass(RankingCurve curve, int positive) =>
        new(curve, [new RankingContest(positive, null)], IsWeighted: false);

    /// <summary>Each class against all others; undefined when a class does not occur.</summary>
    public static RankingRule OneVersusRest(RankingCurve curve, int classes, bool isWeighted) =>
        new(curve, [.. Enumerable.Range(0, classes).Select(label => new RankingContest(label, null))], isWeighted);

    /// <summary>Each class against each other one, among those that occur (Hand and Till, Machine Learning 45, 2001).</summary>
    public static RankingRule OneVersusOne(RankingCurve curve, int classes) =>
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
