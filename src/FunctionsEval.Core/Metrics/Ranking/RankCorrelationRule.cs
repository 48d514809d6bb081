namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>
/// How far the order of the answers is that of the references. In a statistic word 1 is the reference and word 2 the answer, as the bits of
/// a double.
/// </summary>
/// <param name="Coefficient">What is computed.</param>
public sealed record RankCorrelationRule(RankCorrelation Coefficient) : SampleRule;

/// <summary>A coefficient of rank correlation.</summary>
public enum RankCorrelation
{
    /// <summary>Spearman's ρ: Pearson's correlation of the ranks, ties having their mean rank.</summary>
    Spearman,

    /// <summary>
    /// Kendall's τ-b: (concordant − discordant pairs) ÷ √(pairs without a tie in one × pairs without a tie in the other).
    /// </summary>
    KendallTauB,
}
