using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>The Brier score: of one positive label, 0–1, or summed over all labels, 0–2.</summary>
/// <param name="labels">The labels.</param>
/// <param name="probabilities">How the probabilities are obtained.</param>
/// <param name="positive">Index of the positive label; <see cref="LabelIndex.Outside"/> for the sum over all.</param>
internal sealed class BrierMetric(LabelIndex labels, LabelProbabilityMethod probabilities, int positive)
    : LabelProbabilityMetric(labels, probabilities)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "brier",
            MetricSubjects.Label,
            (_, context) => new BrierMetric(context.Labels, context.Settings.LabelProbabilities, context.PositiveIndex)
        )
        {
            ReadsAnswer = false,
            Numbers = [new("brier", MetricUnit.Plain, "Brier score")],
        };

    /// <inheritdoc/>
    public override string Name => "brier";

    /// <inheritdoc/>
    protected override string OwnSignature { get; } =
        positive == LabelIndex.Outside
            ? $"of:all_labels|labels:{labels.Count}|range:0-2"
            : "of:positive_label|range:0-1|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"brier|{positive}|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("brier", HigherIsBetter: false) { Maximum = 2 }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = FixedPoint.ToDouble(sums[1]) / sums[0];

    /// <inheritdoc/>
    protected override void Measure(double[] probabilities, int actual, Span<long> statistic)
    {
        var error =
            positive == LabelIndex.Outside
                ? ProbabilityScores.SquaredError(probabilities, actual)
                : Math.Pow(probabilities[positive] - (actual == positive ? 1 : 0), 2);
        statistic[0] = FixedPoint.FromUnit(error);
    }
}
