using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>Pearson's correlation of answers and references, as scipy's <c>pearsonr</c>; undefined where either are all equal.</summary>
internal sealed class PearsonMetric : NumberMetric
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("pearson", MetricSubjects.Number, (_, _) => new PearsonMetric())
        {
            Numbers = [new("pearson", MetricUnit.Plain, "Pearson's r")],
        };

    /// <inheritdoc/>
    public override string Name => "pearson";

    /// <inheritdoc/>
    public override string Signature => $"{Counted}|version:scipy-1.10.1";

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("pearson") { Minimum = -1 }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var deviations = Math.Sqrt((double)ReferenceVariation(sums)) * Math.Sqrt((double)AnswerVariation(sums));
        values[0] = Math.Clamp((double)Covariation(sums) / deviations, -1, 1);
    }

    /// <summary>The share of the variance that a line leaves.</summary>
    /// <inheritdoc/>
    protected override double ErrorOf(double number) => 1 - (number * number);
}
