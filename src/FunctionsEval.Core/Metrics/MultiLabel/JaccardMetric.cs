using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>
/// Jaccard's index, |A ∩ B| ÷ |A ∪ B| (Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37, 1901), as scikit-learn's
/// <c>jaccard_score</c>: of each sample's sets, of all decisions, and of each label's samples.
/// </summary>
internal sealed class JaccardMetric : LabelSetMetric
{
    private const int Micro = 1;
    private const int Macro = 2;
    private const int Weighted = 3;
    private const int First = 4;

    private static readonly string[] Averages = ["samples", "micro", "macro", "weighted"];

    private readonly double _zeroDivision;

    private JaccardMetric(LabelIndex labels, double zeroDivision)
        : base(labels)
    {
        _zeroDivision = zeroDivision;
        Signature = $"zero_division:{ZeroDivisionOption.Describe(zeroDivision)}|labels:{labels.Count}|macro:all_labels|{Reference}";
        Values =
        [
            .. Averages.Select(average => new MetricValueDefinition($"jaccard_{average}")),
            .. labels.Labels.Select(label => new MetricValueDefinition($"jaccard[{label}]")),
        ];
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("jaccard", MetricSubjects.LabelSet, (options, context) => new JaccardMetric(context.Labels, ZeroDivisionOption.Read(options)))
        {
            Numbers =
            [
                new("jaccard_macro", MetricUnit.Share, "Jaccard (macro)"),
                new("jaccard_micro", MetricUnit.Share, "Jaccard (micro)"),
                new("jaccard_weighted", MetricUnit.Share, "Jaccard (weighted)"),
                new("jaccard_samples", MetricUnit.Share, "Jaccard (samples)"),
                new("jaccard", MetricUnit.Share, "Jaccard"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "jaccard";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => value == 0 ? base.MinSamplesOf(value) : 50;

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums) =>
        value >= First && CountsOf(sums, value - First) is var counts ? new ProportionCounts(counts.Hits, counts.Either) : null;

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value switch
        {
            0 => Spread.OfMean(independent),
            Macro or Weighted => SpreadOfLabels(sums, independent),
            _ => base.SpreadOf(value, sums, independent),
        };

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        LabelCounts all = default;
        var weights = new double[LabelCount];
        for (var label = 0; label < LabelCount; label++)
        {
            var counts = CountsOf(sums, label);
            values[First + label] = Divide(counts);
            weights[label] = counts.Occurrences;
            all += counts;
        }

        values[0] = MeanOf(sums, SampleFraction.Jaccard, _zeroDivision);
        values[Micro] = Divide(all);
        values[Macro] = LabelAverages.Macro(values[First..], step: 1);
        // Without any occurrence scikit-learn takes equal weights.
        values[Weighted] = LabelAverages.Mean(values[First..], step: 1, all.Occurrences == 0 ? [] : weights);
    }

    private double Divide(LabelCounts counts) => counts.Either == 0 ? _zeroDivision : (double)counts.Hits / counts.Either;
}
