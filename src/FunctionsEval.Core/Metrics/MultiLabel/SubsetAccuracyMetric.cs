using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>The share of samples whose answer is exactly the reference's set of labels: scikit-learn's <c>accuracy_score</c>.</summary>
internal sealed class SubsetAccuracyMetric(LabelIndex labels) : LabelSetMetric(labels)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("subset_accuracy", MetricSubjects.LabelSet, (_, context) => new SubsetAccuracyMetric(context.Labels))
        {
            Numbers = [new("subset_accuracy", MetricUnit.Share, "Subset accuracy")],
        };

    /// <inheritdoc/>
    public override string Name => "subset_accuracy";

    /// <inheritdoc/>
    public override string Signature => Reference;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("subset_accuracy", IsProportion: true)];

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) => null;

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)Exact(sums) / Samples(sums);
}
