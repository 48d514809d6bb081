using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>The share of samples whose label is among the k likeliest, see <see cref="ProbabilityScores.IsAmongTop"/>.</summary>
internal sealed class TopKAccuracyMetric(LabelIndex labels, LabelProbabilityMethod probabilities, int k)
    : LabelProbabilityMetric(labels, probabilities)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "top_k_accuracy",
            MetricSubjects.Label,
            (options, context) => new TopKAccuracyMetric(context.Labels, context.Settings.LabelProbabilities, options.Int("k", 2, 1, 26))
        )
        {
            ReadsAnswer = false,
            Numbers = [new("top2_accuracy", MetricUnit.Share, "Top-# accuracy")],
        };

    /// <inheritdoc/>
    public override string Name => "top_k_accuracy";

    /// <inheritdoc/>
    protected override string OwnSignature { get; } = $"k:{k}|ties:later_first|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"top_k_accuracy|{k}|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new($"top{k}_accuracy", IsProportion: true) { SuccessIndex = 1 }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[1] / sums[0];

    /// <inheritdoc/>
    protected override void Measure(double[] probabilities, int actual, Span<long> statistic) =>
        statistic[0] = ProbabilityScores.IsAmongTop(probabilities, actual, k) ? 1 : 0;
}
