namespace FunctionsEval.Core.Metrics.Repeats;

/// <summary>
/// Numbers of the answers to one row (or to one turn of it, where each turn is a sample), in the mean over rows. In a statistic word 0 says
/// whether it is known if the answer is right, word 1 whether it is, and word 2 the turn. The estimators' numbers are followed by the share
/// of the rows that have enough answers for all of them.
/// </summary>
/// <param name="Estimators">What is estimated of a row.</param>
/// <param name="Repeats">How many answers a row has at most: rows that share an id by mistake seem to have more.</param>
public sealed record RepeatRule(IReadOnlyList<PassEstimator> Estimators, int Repeats) : SampleRule
{
    /// <summary>How many answers are enough for all estimators.</summary>
    public int MaxDraws { get; } = Estimators.Max(estimator => estimator.Draws);
}
