namespace FunctionsEval.Core.Metrics;

/// <summary>A metric of the answers as a lenient reading takes them.</summary>
internal sealed class LenientMetric(Metric metric) : DerivedMetric(metric)
{
    /// <inheritdoc/>
    public override string Signature { get; } = $"parse:lenient|{metric.Signature}";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"parse:lenient|{metric.SumKey}";

    /// <inheritdoc/>
    public override string? AnswerOf(MetricSample sample) => sample.LenientPrediction;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic) =>
        base.Measure(sample with { Prediction = sample.LenientPrediction }, statistic);
}
