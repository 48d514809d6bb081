using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.ExactMatch;

/// <summary>
/// The share of samples whose answer contains one of the references, as it is or without regard to letter case; an unparsable answer
/// contains none, and no answer an empty reference.
/// </summary>
internal sealed class ContainsMetric(bool ignoreCase) : Metric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("contains", MetricSubjects.Answer, (options, _) => new ContainsMetric(options.Bool("ignore_case")))
        {
            Numbers = [new("contains", MetricUnit.Share, "Contains the reference")],
        };

    /// <inheritdoc/>
    public override string Name => "contains";

    /// <inheritdoc/>
    public override string Signature { get; } = $"ignore_case:{(ignoreCase ? "yes" : "no")}";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("contains", IsProportion: true) { SuccessIndex = 0 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[1] = 1;
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        statistic[0] =
            sample.Prediction is { } prediction
            && sample.References.Any(reference => reference.Length > 0 && prediction.Contains(reference, comparison))
                ? 1
                : 0;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];
}
