using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// Cohen's κ: agreement beyond chance (Educational and Psychological Measurement 20, 1960), as scikit-learn's
/// <c>cohen_kappa_score</c>. Undefined when chance agreement is 1 (one and the same label throughout). Unparsable answers are
/// a label of their own that never occurs.
/// </summary>
internal sealed class CohenKappaMetric(LabelIndex labels) : ClassCountsMetric(labels)
{
    private readonly int _labelCount = labels.Count;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("cohen_kappa", MetricSubjects.Label, Create) { Numbers = [new("cohen_kappa", MetricUnit.Plain, "Cohen's κ")] };

    private static Metric Create(OptionReader options, MetricContext context) =>
        options.Choice("weights", "none", ["none", "linear", "quadratic"]) switch
        {
            "linear" => new WeightedKappaMetric(context.Labels, KappaWeights.Linear),
            "quadratic" => new WeightedKappaMetric(context.Labels, KappaWeights.Quadratic),
            _ => new CohenKappaMetric(context.Labels),
        };

    /// <inheritdoc/>
    public override string Name => "cohen_kappa";

    /// <inheritdoc/>
    public override string Signature => "weights:none|unparsable:wrong|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("cohen_kappa") { Minimum = -1 }];

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => SpreadOfAgreement(sums, independent);

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        Int128 samples = Samples(sums),
            hits = 0,
            chance = 0;
        for (var label = 0; label < _labelCount; label++)
        {
            hits += Hits(sums, label);
            chance += (Int128)Occurrences(sums, label) * Predictions(sums, label);
        }

        values[0] = 1 - ((double)((samples - hits) * samples) / (double)((samples * samples) - chance));
    }
}
