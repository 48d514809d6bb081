namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>One class against others: its samples should have the higher scores for it.</summary>
/// <param name="Positive">The class.</param>
/// <param name="Negative">The one class that it is set against, all other samples being left out; null for all others.</param>
public readonly record struct RankingContest(int Positive, int? Negative)
{
    /// <summary>Whether samples of a class take part.</summary>
    public bool Admits(int actual) => Negative is not { } negative || actual == Positive || actual == negative;
}
