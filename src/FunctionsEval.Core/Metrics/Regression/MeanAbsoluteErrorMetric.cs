using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>The mean of |answer − reference|: scikit-learn's <c>mean_absolute_error</c>.</summary>
internal sealed class MeanAbsoluteErrorMetric : NumberMetric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("mae", MetricSubjects.Number, (_, _) => new MeanAbsoluteErrorMetric())
        {
            Numbers = [new("mae", MetricUnit.Plain, "Mean absolute error")],
        };

    /// <inheritdoc/>
    public override string Name => "mae";

    /// <inheritdoc/>
    public override string Signature => $"{Counted}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("mae", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = MeanError(sums);
}
