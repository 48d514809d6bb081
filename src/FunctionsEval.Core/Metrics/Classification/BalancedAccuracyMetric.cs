using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// Balanced accuracy: the mean recall over the labels that occur (Brodersen et al., ICPR 2010), as scikit-learn's
/// <c>balanced_accuracy_score</c>. Adjusted, chance level is 0: (b − 1/k) ÷ (1 − 1/k) with k labels that occur.
/// </summary>
internal sealed class BalancedAccuracyMetric(LabelIndex labels, bool adjusted) : ClassCountsMetric(labels)
{
    private readonly int _labelCount = labels.Count;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "balanced_accuracy",
            MetricSubjects.Label,
            (options, context) => new BalancedAccuracyMetric(context.Labels, options.Bool("adjusted"))
        )
        {
            Numbers = [new("balanced_accuracy", MetricUnit.Share, "Balanced accuracy")],
        };

    /// <inheritdoc/>
    public override string Name => "balanced_accuracy";

    /// <inheritdoc/>
    public override string Signature { get; } = $"adjusted:{(adjusted ? "yes" : "no")}|unparsable:wrong|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("balanced_accuracy") { Minimum = adjusted ? -1 : 0 }];

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => SpreadOfLabels(sums, independent);

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var recalls = 0.0;
        var occurring = 0;
        for (var label = 0; label < _labelCount; label++)
        {
            if (Occurrences(sums, label) > 0)
            {
                recalls += (double)Hits(sums, label) / Occurrences(sums, label);
                occurring++;
            }
        }

        var mean = recalls / occurring;
        values[0] = adjusted ? (mean - (1.0 / occurring)) / (1 - (1.0 / occurring)) : mean;
    }
}
