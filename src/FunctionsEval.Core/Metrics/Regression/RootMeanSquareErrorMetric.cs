using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// The square root of the mean of (answer − reference)²: scikit-learn's <c>mean_squared_error</c> with <c>squared=False</c>.
/// </summary>
internal sealed class RootMeanSquareErrorMetric : NumberMetric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("rmse", MetricSubjects.Number, (_, _) => new RootMeanSquareErrorMetric())
        {
            Numbers = [new("rmse", MetricUnit.Plain, "Root mean square error")],
        };

    /// <inheritdoc/>
    public override string Name => "rmse";

    /// <inheritdoc/>
    public override string Signature => $"{Counted}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("rmse", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = Math.Sqrt(WideSum.ToDouble(SquaredErrors(sums), 2 * WideSum.Digits) / Samples(sums));

    /// <summary>The mean square.</summary>
    /// <inheritdoc/>
    protected override double ErrorOf(double number) => number * number;
}
