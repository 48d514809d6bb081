using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// Accuracy: the share of samples whose prediction is the reference, letter for letter; an unparsable answer is wrong. As scikit-learn's
/// <c>accuracy_score</c>.
/// </summary>
internal sealed class AccuracyMetric : Metric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("accuracy", MetricSubjects.Label, (_, _) => new AccuracyMetric()) { Numbers = [new("accuracy", MetricUnit.Share, "Accuracy")] };

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override string Signature => "unparsable:wrong|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("accuracy", IsProportion: true) { SuccessIndex = 0 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = string.Equals(sample.Prediction, sample.References[0], StringComparison.Ordinal) ? 1 : 0;
        statistic[1] = 1;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];
}
