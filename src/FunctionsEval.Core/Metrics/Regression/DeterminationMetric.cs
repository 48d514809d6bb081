using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// R², 1 − Σ (answer − reference)² ÷ Σ (reference − mean)²: scikit-learn's <c>r2_score</c>. Where all references are equal it is 1 for
/// exact answers and 0 for others.
/// </summary>
internal sealed class DeterminationMetric : NumberMetric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("r2", MetricSubjects.Number, (_, _) => new DeterminationMetric()) { Numbers = [new("r2", MetricUnit.Plain, "R²")] };

    /// <inheritdoc/>
    public override string Name => "r2";

    /// <inheritdoc/>
    public override string Signature => $"{Counted}|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("r2") { Minimum = double.NegativeInfinity }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var (errors, variation) = (Samples(sums) * SquaredErrors(sums), ReferenceVariation(sums));
        values[0] =
            Samples(sums) < 2 ? double.NaN
            : !variation.IsZero ? 1 - ((double)errors / (double)variation)
            : errors.IsZero ? 1
            : 0;
    }

    /// <summary>The share of the variance that is left.</summary>
    /// <inheritdoc/>
    protected override double ErrorOf(double number) => 1 - number;
}
