using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>
/// Mean cost of a sample: its prompt and answer tokens, those of repeated attempts included, at the model's prices. Graders' calls are not
/// in it. Sums are exact in units of 10⁻¹².
/// </summary>
internal sealed class CostMetric() : ResponseMetric("cost_per_sample")
{
    private const long Million = 1_000_000;
    private const decimal MaxCost = 60_000;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("cost", MetricSubjects.Response, (_, _) => new CostMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers = [new("cost_per_sample", MetricUnit.Money, "Cost per sample")],
        };

    /// <inheritdoc/>
    public override string Name => "cost";

    /// <inheritdoc/>
    public override string Signature => "of:model|graders:no";

    /// <inheritdoc/>
    public override AnswerDetail Needs => AnswerDetail.Cost;

    /// <summary>Millionths, and millionths of those.</summary>
    /// <inheritdoc/>
    public override int StatisticLength => FirstOwn + 2;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.Response?.Cost is not { } cost || cost is < 0 or > MaxCost)
        {
            return;
        }

        var millionths = cost * Million;
        statistic[Measured] = 1;
        statistic[FirstOwn] = (long)millionths;
        statistic[FirstOwn + 1] = (long)Math.Round((millionths - Math.Truncate(millionths)) * Million);
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = ((sums[FirstOwn] / (double)Million) + (sums[FirstOwn + 1] / ((double)Million * Million))) / sums[Measured];
}
