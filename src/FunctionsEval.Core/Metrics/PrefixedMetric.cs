namespace FunctionsEval.Core.Metrics;

/// <summary>A metric whose numbers carry a prefix, so that a spec can ask for one metric twice with different options.</summary>
internal sealed class PrefixedMetric(Metric metric, string prefix) : Metric
{
    /// <inheritdoc/>
    public override string Name => metric.Name;

    /// <inheritdoc/>
    public override string Signature => metric.Signature;

    /// <inheritdoc/>
    public override int StatisticLength => metric.StatisticLength;

    /// <inheritdoc/>
    public override int SumLength => metric.SumLength;

    /// <inheritdoc/>
    public override string SumKey => metric.SumKey;

    /// <inheritdoc/>
    public override bool HasIntervals => metric.HasIntervals;

    /// <inheritdoc/>
    public override AnswerDetail Needs => metric.Needs;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [.. metric.Values.Select(value => value with { Name = prefix + value.Name })];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic) => metric.Measure(sample, statistic);

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms) => metric.Scatter(statistic, terms);

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => metric.Finish(sums, values);

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => metric.IsMeasured(statistic);

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => metric.CountSamples(sums, scored);
}
