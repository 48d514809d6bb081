using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics;

/// <summary>A metric that passes everything to another one, except what a derived class overrides.</summary>
internal abstract class DerivedMetric(Metric metric) : Metric
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
    public override SampleRule? SampleRule => metric.SampleRule;

    /// <inheritdoc/>
    public override IReadOnlyList<GraderSpec> Graders => metric.Graders;

    /// <inheritdoc/>
    public override AnswerDetail Needs => metric.Needs;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values => metric.Values;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic) => metric.Measure(sample, statistic);

    /// <inheritdoc/>
    public override long MaxPairs => metric.MaxPairs;

    /// <inheritdoc/>
    public override string? AnswerOf(MetricSample sample) => metric.AnswerOf(sample);

    /// <inheritdoc/>
    public override int MaxTerms => metric.MaxTerms;

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms) => metric.Scatter(statistic, terms);

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => metric.Finish(sums, values);

    /// <inheritdoc/>
    public override void FinishReplicate(ReadOnlySpan<long> sums, Span<double> values) => metric.FinishReplicate(sums, values);

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums) => metric.CountsOf(value, sums);

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => metric.SpreadOf(value, sums, independent);

    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => metric.MinSamplesOf(value);

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => metric.IsMeasured(statistic);

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => metric.IsOfOneSample(value);

    /// <inheritdoc/>
    public override bool IsDominated(int value, double number, ReadOnlySpan<double> replicates) =>
        metric.IsDominated(value, number, replicates);

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) => metric.WarningOf(sums);

    /// <inheritdoc/>
    public override MetricTable? TableOf(ReadOnlySpan<long> sums) => metric.TableOf(sums);

    /// <inheritdoc/>
    public override LabelUse? LabelUseOf(ReadOnlySpan<long> sums) => metric.LabelUseOf(sums);

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => metric.CountSamples(sums, scored);
}
