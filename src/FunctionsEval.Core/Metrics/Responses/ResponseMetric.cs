namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>
/// A metric of responses that holds them against no reference: means over the samples that have what is measured. Less is better.
/// </summary>
/// <param name="values">Names of the means.</param>
internal abstract class ResponseMetric(params string[] values) : Metric
{
    /// <summary>Word of the samples that have what is measured.</summary>
    protected const int Measured = 0;

    /// <summary>The first word of the metric's own.</summary>
    protected const int FirstOwn = 1;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [.. values.Select(value => new MetricValueDefinition(value, HigherIsBetter: false) { Maximum = double.PositiveInfinity })];

    /// <inheritdoc/>
    public override int StatisticLength => FirstOwn + Values.Count;

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        for (var value = 0; value < values.Length; value++)
        {
            values[value] = (double)sums[FirstOwn + value] / sums[Measured];
        }
    }

    /// <summary>Means of skewed numbers: the bootstrap covers from about a hundred samples on.</summary>
    /// <inheritdoc/>
    public sealed override int? MinSamplesOf(int value) => 100;

    /// <inheritdoc/>
    public sealed override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Measured] != 0;

    /// <inheritdoc/>
    public sealed override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Measured];
}
