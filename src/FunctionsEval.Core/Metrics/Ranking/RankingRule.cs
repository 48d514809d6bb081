namespace FunctionsEval.Core.Metrics.Ranking;

/// <summary>
/// How a number follows from the order of the samples. It is no function of a sum over samples, so what orders the samples is kept itself.
/// </summary>
public abstract record RankingRule
{
    private protected RankingRule() { }
}
