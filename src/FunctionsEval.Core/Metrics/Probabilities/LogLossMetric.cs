using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>Log loss in nats: the mean over samples of <see cref="ProbabilityScores.LogLoss"/>.</summary>
internal sealed class LogLossMetric(LabelIndex labels, LabelProbabilityMethod probabilities) : LabelProbabilityMetric(labels, probabilities)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("log_loss", MetricSubjects.Label, (_, context) => new LogLossMetric(context.Labels, context.Settings.LabelProbabilities))
        {
            ReadsAnswer = false,
            Numbers = [new("log_loss", MetricUnit.Plain, "Log loss")],
        };

    /// <inheritdoc/>
    public override string Name => "log_loss";

    /// <inheritdoc/>
    protected override string OwnSignature { get; } = $"log:natural|eps:2.2e-16|labels:{labels.Count}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"log_loss|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <summary>Few confident and wrong answers dominate the mean, and a small dataset may have none of them.</summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => 300;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("log_loss", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = FixedPoint.Join(sums[1], sums[2]) / sums[0];

    /// <inheritdoc/>
    protected override void Measure(double[] probabilities, int actual, Span<long> statistic) =>
        (statistic[0], statistic[1]) = FixedPoint.Split(ProbabilityScores.LogLoss(probabilities, actual));
}
