using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// The options of precision, recall and F, named and defaulted as in scikit-learn's <c>precision_recall_fscore_support</c>.
/// </summary>
internal sealed record FScoreOptions
{
    /// <summary>How many times more recall weighs than precision. Default 1.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>The label of the binary numbers; null for none.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>What 0 ÷ 0 is: 0, 1, or NaN, which averages then leave out. Default 0.</summary>
    public double ZeroDivision { get; init; }

    /// <summary>
    /// Whether macro averages are over all the labels, as with scikit-learn's <c>labels=</c>, and not only over those that have samples.
    /// Default false.
    /// </summary>
    public bool IsClosedList { get; init; }
}

/// <summary>
/// Precision (hits ÷ predictions), recall (hits ÷ occurrences) and F_β ((1 + β²) hits ÷ (β² occurrences + predictions); van
/// Rijsbergen, Information Retrieval, 1979): macro (mean over the labels that have samples), micro (from summed counts), weighted (mean by
/// occurrences), of the positive label, and per label. A prediction outside the labels misses its sample's label and is no
/// label's false alarm, so that micro precision and recall differ.
/// </summary>
internal sealed class FScoreMetric : ClassCountsMetric
{
    private const int WeightedPrecision = 7;

    /// <summary>With fewer samples and predictions of its own, F_β of a label gets no interval from the bootstrap.</summary>
    private const int MinLabelSamples = 30;

    private static readonly string[] Averages = ["macro", "micro", "weighted"];

    private readonly FScoreOptions _options;
    private readonly int _labelCount;
    private readonly int _positive;

    // Where the labels' own numbers begin: after the averages and those of the positive label.
    private int First => _positive >= 0 ? 12 : 9;

    public FScoreMetric(LabelIndex labels, FScoreOptions options)
        : base(labels)
    {
        this._options = options;
        _labelCount = labels.Count;
        _positive = labels.IndexOf(options.PositiveLabel);
        var f = string.Create(CultureInfo.InvariantCulture, $"f{options.Beta}");
        var zero = double.IsNaN(options.ZeroDivision) ? "nan" : options.ZeroDivision.ToString(CultureInfo.InvariantCulture);
        Signature =
            $"beta:{options.Beta.ToString(CultureInfo.InvariantCulture)}|zero_division:{zero}|labels:{_labelCount}|"
            + $"macro:{(options.IsClosedList ? "all_labels" : "labels_with_samples")}|unparsable:wrong|version:sklearn-1.2.1";

        List<string> names = [.. Averages.SelectMany(average => new[] { $"{f}_{average}", $"precision_{average}", $"recall_{average}" })];
        if (_positive >= 0)
        {
            names.AddRange([$"{f}_binary", "precision", "recall"]);
        }

        names.AddRange(labels.Labels.SelectMany(label => new[] { $"{f}[{label}]", $"precision[{label}]", $"recall[{label}]" }));
        Values = [.. names.Select(name => new MetricValueDefinition(name))];
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("f1", MetricSubjects.Label, Create)
        {
            Numbers =
            [
                new("f1_macro", MetricUnit.Share, "F# (macro)"),
                new("precision_macro", MetricUnit.Share, "Precision (macro)"),
                new("recall_macro", MetricUnit.Share, "Recall (macro)"),
                new("f1_micro", MetricUnit.Share, "F# (micro)"),
                new("precision_micro", MetricUnit.Share, "Precision (micro)"),
                new("recall_micro", MetricUnit.Share, "Recall (micro)"),
                new("f1_weighted", MetricUnit.Share, "F# (weighted)"),
                new("precision_weighted", MetricUnit.Share, "Precision (weighted)"),
                new("recall_weighted", MetricUnit.Share, "Recall (weighted)"),
                new("f1_binary", MetricUnit.Share, "F# (binary)"),
                new("precision_binary", MetricUnit.Share, "Precision (binary)"),
                new("recall_binary", MetricUnit.Share, "Recall (binary)"),
                new("f1", MetricUnit.Share, "F#"),
                new("precision", MetricUnit.Share, "Precision"),
                new("recall", MetricUnit.Share, "Recall"),
            ],
        };

    private static FScoreMetric Create(OptionReader options, MetricContext context)
    {
        var labels = LabelOption.Read(options, context);
        var zeroDivision = options.Read("zero_division") switch
        {
            null => 0,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number is 0 or 1 => value.GetInt32(),
            { ValueKind: JsonValueKind.String } value when value.GetString() == "nan" => double.NaN,
            _ => throw options.Wrong("zero_division", "must be 0, 1 or \"nan\""),
        };
        return new FScoreMetric(
            labels,
            new FScoreOptions
            {
                Beta = options.Number("beta", 0, 100) ?? 1,
                PositiveLabel = context.PositiveLabel,
                ZeroDivision = zeroDivision,
                IsClosedList = options.Bool("all_labels") || options.Texts("labels", maxCount: SpecLimits.MaxLabels) is not null,
            }
        );
    }

    /// <inheritdoc/>
    public override string Name => "f1";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <inheritdoc/>
    public override ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums)
    {
        if (value < Averages.Length * 3)
        {
            return null;
        }

        // A sample that a label misses is another sample than one that it wrongly claims, so that F1's errors are trials of their own.
        var label = LabelOf(value);
        double hits = Hits(sums, label),
            occurrences = Occurrences(sums, label),
            predictions = Predictions(sums, label);
        return (value % 3) switch
        {
            1 => new ProportionCounts(hits, predictions),
            2 => new ProportionCounts(hits, occurrences),
            _ => _options.Beta == 1 ? new ProportionCounts(hits, occurrences + predictions - hits, IsDice: true) : null,
        };
    }

    /// <summary>
    /// Weighted precision mixes the occurrences of one sample with the predictions of another, and needs the most samples.
    /// </summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => value == WeightedPrecision ? 300 : base.MinSamplesOf(value);

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value is < 3 or WeightedPrecision ? SpreadOfLabels(sums, independent)
        : value >= Averages.Length * 3 && CountsOf(value, sums) is null ? SpreadOfLabel(value, sums, independent)
        : base.SpreadOf(value, sums, independent);

    /// <summary>F_β of a label rests on the label's own samples and predictions, however many others there are.</summary>
    private Spread SpreadOfLabel(int value, ReadOnlySpan<long> sums, double independent)
    {
        var label = LabelOf(value);
        var trials = (double)(Occurrences(sums, label) + Predictions(sums, label) - Hits(sums, label));
        return trials * independent < MinLabelSamples * Samples(sums)
            ? new Spread(double.PositiveInfinity, 0)
            : Spread.OfMean(trials * independent / Samples(sums)) with
            {
                Leverage = 2 * Samples(sums) / trials,
            };
    }

    // The averages come first, those of the positive label next.
    private int LabelOf(int value) => value >= First ? (value - First) / 3 : _positive;

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var perLabel = values[First..];
        Counts all = default;
        for (var label = 0; label < _labelCount; label++)
        {
            var counts = new Counts(Hits(sums, label), Occurrences(sums, label), Predictions(sums, label));
            Score(counts, perLabel.Slice(3 * label, 3));
            all = new Counts(all.Hits + counts.Hits, all.Occurrences + counts.Occurrences, all.Predictions + counts.Predictions);
        }

        for (var i = 0; i < 3; i++)
        {
            values[i] = Mean(sums, perLabel[i..], weighted: false);
            values[6 + i] = Mean(sums, perLabel[i..], weighted: true);
        }

        Score(all, values.Slice(3, 3));
        if (_positive >= 0)
        {
            perLabel.Slice(3 * _positive, 3).CopyTo(values.Slice(9, 3));
        }
    }

    /// <summary>F, precision and recall of one set of counts.</summary>
    private void Score(Counts counts, Span<double> scores)
    {
        var square = _options.Beta * _options.Beta;
        scores[0] = Divide((1 + square) * counts.Hits, (square * counts.Occurrences) + counts.Predictions);
        scores[1] = Divide(counts.Hits, counts.Predictions);
        scores[2] = Divide(counts.Hits, counts.Occurrences);
    }

    /// <summary>The mean of every third number over the labels for which it is defined.</summary>
    private double Mean(ReadOnlySpan<long> sums, ReadOnlySpan<double> scores, bool weighted)
    {
        double sum = 0,
            weights = 0;
        for (var label = 0; label < _labelCount; label++)
        {
            var score = scores[3 * label];
            if (!double.IsNaN(score) && (_options.IsClosedList || Occurrences(sums, label) > 0))
            {
                double weight = weighted ? Occurrences(sums, label) : 1;
                sum += weight * score;
                weights += weight;
            }
        }

        return Divide(sum, weights);
    }

    private double Divide(double dividend, double divisor) => divisor == 0 ? _options.ZeroDivision : dividend / divisor;

    private readonly record struct Counts(long Hits, long Occurrences, long Predictions);
}
