using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>
/// Precision (hits ÷ predictions), recall (hits ÷ occurrences) and F1 (2 hits ÷ (occurrences + predictions)) as scikit-learn's
/// <c>precision_recall_fscore_support</c> has them for label indicators: macro (mean over all labels), micro (from summed counts), weighted
/// (mean by occurrences), samples (mean over the samples of the sample's own number), and per label.
/// </summary>
internal sealed class MultiLabelF1Metric : LabelSetMetric
{
    private const int Micro = 3;
    private const int Weighted = 6;
    private const int OfSamples = 9;
    private const int First = 12;
    private const int WeightedPrecision = 7;

    private static readonly string[] Averages = ["macro", "micro", "weighted", "samples"];
    private static readonly SampleFraction[] Fractions = [SampleFraction.F1, SampleFraction.Precision, SampleFraction.Recall];

    private readonly double _zeroDivision;

    private MultiLabelF1Metric(LabelIndex labels, double zeroDivision)
        : base(labels)
    {
        _zeroDivision = zeroDivision;
        Signature = $"zero_division:{ZeroDivisionOption.Describe(zeroDivision)}|labels:{labels.Count}|macro:all_labels|{Reference}";
        Values =
        [
            .. Averages
                .SelectMany(average => new[] { $"f1_{average}", $"precision_{average}", $"recall_{average}" })
                .Concat(labels.Labels.SelectMany(label => new[] { $"f1[{label}]", $"precision[{label}]", $"recall[{label}]" }))
                .Select(name => new MetricValueDefinition(name)),
        ];
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "multi_label_f1",
            MetricSubjects.LabelSet,
            (options, context) => new MultiLabelF1Metric(context.Labels, ZeroDivisionOption.Read(options))
        )
        {
            Numbers =
            [
                new("f1_macro", MetricUnit.Share, "F1 (macro)"),
                new("precision_macro", MetricUnit.Share, "Precision (macro)"),
                new("recall_macro", MetricUnit.Share, "Recall (macro)"),
                new("f1_micro", MetricUnit.Share, "F1 (micro)"),
                new("precision_micro", MetricUnit.Share, "Precision (micro)"),
                new("recall_micro", MetricUnit.Share, "Recall (micro)"),
                new("f1_weighted", MetricUnit.Share, "F1 (weighted)"),
                new("precision_weighted", MetricUnit.Share, "Precision (weighted)"),
                new("recall_weighted", MetricUnit.Share, "Recall (weighted)"),
                new("f1_samples", MetricUnit.Share, "F1 (samples)"),
                new("precision_samples", MetricUnit.Share, "Precision (samples)"),
                new("recall_samples", MetricUnit.Share, "Recall (samples)"),
                new("f1", MetricUnit.Share, "F1"),
                new("precision", MetricUnit.Share, "Precision"),
                new("recall", MetricUnit.Share, "Recall"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "multi_label_f1";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => value is >= OfSamples and < First;

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums)
    {
        if (value < First)
        {
            return null;
        }

        var counts = CountsOf(sums, (value - First) / 3);
        return (value % 3) switch
        {
            1 => new ProportionCounts(counts.Hits, counts.Predictions),
            2 => new ProportionCounts(counts.Hits, counts.Occurrences),
            _ => new ProportionCounts(counts.Hits, counts.Either, IsDice: true),
        };
    }

    /// <summary>
    /// Weighted precision mixes the occurrences of one sample with the predictions of another, and needs the most samples.
    /// </summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) =>
        value switch
        {
            WeightedPrecision => 300,
            >= OfSamples and < First => base.MinSamplesOf(value),
            _ => 50,
        };

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value switch
        {
            < Micro or WeightedPrecision => SpreadOfLabels(sums, independent),
            >= OfSamples and < First => Spread.OfMean(independent),
            _ => base.SpreadOf(value, sums, independent),
        };

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var perLabel = values[First..];
        var weights = new double[LabelCount];
        LabelCounts all = default;
        for (var label = 0; label < LabelCount; label++)
        {
            var counts = CountsOf(sums, label);
            Score(counts, perLabel.Slice(3 * label, 3));
            weights[label] = counts.Occurrences;
            all += counts;
        }

        Score(all, values.Slice(Micro, 3));
        for (var i = 0; i < 3; i++)
        {
            values[i] = LabelAverages.Macro(perLabel[i..], step: 3);
            values[Weighted + i] =
                all.Occurrences > 0 ? LabelAverages.Mean(perLabel[i..], step: 3, weights) : OfNoOccurrence(all, Fractions[i]);
            values[OfSamples + i] = MeanOf(sums, Fractions[i], _zeroDivision);
        }
    }

    /// <summary>
    /// scikit-learn's weighted average where no reference has a label: recall has nothing to find, precision only false alarms.
    /// </summary>
    private double OfNoOccurrence(LabelCounts all, SampleFraction fraction) =>
        all.Predictions > 0 && fraction != SampleFraction.Recall ? 0 : _zeroDivision;

    private void Score(LabelCounts counts, Span<double> scores)
    {
        scores[0] = Divide(2 * counts.Hits, counts.Occurrences + counts.Predictions);
        scores[1] = Divide(counts.Hits, counts.Predictions);
        scores[2] = Divide(counts.Hits, counts.Occurrences);
    }

    private double Divide(double dividend, double divisor) => divisor == 0 ? _zeroDivision : dividend / divisor;
}
