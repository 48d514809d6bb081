using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>The share of answers that are none by the strict and by the lenient reading.</summary>
internal sealed class UnparsableRateMetric : Metric
{
    private const int Strict = 0;
    private const int Lenient = 1;
    private const int Answers = 2;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("unparsable_rate", MetricSubjects.Answer, (_, _) => new UnparsableRateMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers =
            [
                new("unparsable_rate", MetricUnit.Share, "Unreadable answers"),
                new("lenient_unparsable_rate", MetricUnit.Share, "Unreadable answers (lenient)"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "unparsable_rate";

    /// <inheritdoc/>
    public override string Signature => "parse:strict+lenient";

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        new("unparsable_rate", HigherIsBetter: false, IsProportion: true) { SuccessIndex = Strict },
        new("lenient_unparsable_rate", HigherIsBetter: false, IsProportion: true) { SuccessIndex = Lenient },
    ];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[Strict] = sample.Prediction is null ? 1 : 0;
        statistic[Lenient] = sample.LenientPrediction is null ? 1 : 0;
        statistic[Answers] = 1;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[Strict] / sums[Answers];
        values[1] = (double)sums[Lenient] / sums[Answers];
    }
}
