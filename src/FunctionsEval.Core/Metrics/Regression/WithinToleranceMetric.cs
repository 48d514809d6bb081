using System.Globalization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// The share of samples whose answer is no further from the reference than the larger of an absolute and a relative tolerance. An answer
/// that is no number is not.
/// </summary>
internal sealed class WithinToleranceMetric : Metric
{
    private readonly NumberTolerance _tolerance;

    private WithinToleranceMetric(double absolute, double relative)
    {
        _tolerance = new NumberTolerance(absolute, relative);
        Signature = string.Create(CultureInfo.InvariantCulture, $"absolute:{absolute}|relative:{relative}|unparsable:wrong");
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "within_tolerance",
            MetricSubjects.Number,
            (options, _) =>
                new WithinToleranceMetric(
                    options.Number("absolute", 0, double.MaxValue) ?? 0,
                    options.Number("relative", 0, double.MaxValue) ?? 0
                )
        )
        {
            Numbers = [new("within_tolerance", MetricUnit.Share, "Within tolerance")],
        };

    /// <inheritdoc/>
    public override string Name => "within_tolerance";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("within_tolerance", IsProportion: true)];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        Span<long> numbers = stackalloc long[NumberPair.Words];
        NumberPair.Measure(sample, numbers);
        statistic[1] = 1;
        if (NumberPair.IsMeasured(numbers) && _tolerance.IsWithin(sample.References[0], sample.Prediction!))
        {
            statistic[0] = 1;
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = (double)sums[0] / sums[1];
}
