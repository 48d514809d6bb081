using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring;

/// <summary>One number of one model: what its interval is made of.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Index">Index of the number in the metric's values.</param>
/// <param name="Value">The number; finite.</param>
/// <param name="Samples">How many samples it rests on, at least 1.</param>
/// <param name="Replicates">The number in each replicate; null without replicates.</param>
/// <param name="MinClassSamples">For a ranking: the samples of its smallest class; null for all others.</param>
/// <param name="OfSameRow">How many samples the row of a sample has (<see cref="SumTable.MeanOfSameRow"/>).</param>
internal readonly record struct MeasuredNumber(
    Metric Metric,
    int Index,
    double Value,
    long Samples,
    double[]? Replicates,
    long? MinClassSamples = null,
    double OfSameRow = 1
)
{
    public MetricValueDefinition Definition => Metric.Values[Index];
}
