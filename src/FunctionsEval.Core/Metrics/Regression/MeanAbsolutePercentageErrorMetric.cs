using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// The mean of |answer − reference| ÷ |reference|, a fraction and no per cent: scikit-learn's <c>mean_absolute_percentage_error</c>, which
/// divides by 2.2e-16 where a reference is 0.
/// </summary>
internal sealed class MeanAbsolutePercentageErrorMetric : NumberMetric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("mape", MetricSubjects.Number, (_, _) => new MeanAbsolutePercentageErrorMetric())
        {
            Numbers = [new("mape", MetricUnit.Share, "Mean absolute percentage error")],
        };

    /// <inheritdoc/>
    public override string Name => "mape";

    /// <inheritdoc/>
    public override string Signature => $"{Counted}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("mape", HigherIsBetter: false) { Maximum = double.PositiveInfinity }];

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) =>
        ZeroReferences(sums) == 0
            ? null
            : FormattableString.Invariant(
                $"{ZeroReferences(sums)} references are 0. mape divides their errors by 2.2e-16, as scikit-learn does, and so says nothing: use mae, or leave such rows out."
            );

    /// <summary>None: a single small reference can decide the mean, and a dataset without one does not know of it.</summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => null;

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = MeanRatio(sums);
}
