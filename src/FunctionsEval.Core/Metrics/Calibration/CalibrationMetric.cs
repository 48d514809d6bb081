using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Probabilities;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Calibration;

/// <summary>How far confidence and accuracy lie apart, see <see cref="CalibrationError"/>.</summary>
/// <param name="labels">The labels.</param>
/// <param name="probabilities">How the probabilities are obtained.</param>
/// <param name="positive">
/// Index of the label whose probability is the confidence and whose occurrence is correct; <see cref="LabelIndex.Outside"/> for the
/// likeliest label of each sample.
/// </param>
/// <param name="binCount">How many bins.</param>
internal sealed class CalibrationMetric(LabelIndex labels, LabelProbabilityMethod probabilities, int positive, int binCount)
    : LabelProbabilityMetric(labels, probabilities)
{
    // Of a sample: its bin (from 1; 0 for none), its confidence, and whether it was correct.
    private const int Bin = 1;
    private const int Confidence = 2;
    private const int Correct = 3;
    private const int WordsPerBin = 3;

    private static readonly MetricTableKind Table = new()
    {
        Member = "calibration",
        RowsMember = "bins",
        Columns = ["index", "count", "averageConfidence", "accuracy"],
        Title = "Calibration",
        Note = "Accuracy over confidence, by bin; a calibrated model lies on the diagonal. A dot's area is the bin's share of samples.",
        Plot = new TablePlot("averageConfidence", "accuracy", "count", "confidence", "accuracy", "samples"),
    };

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("calibration", MetricSubjects.Label, Create)
        {
            ReadsAnswer = false,
            Table = Table,
            Numbers =
            [
                new("ece", MetricUnit.Share, "Calibration error (ECE)"),
                new("mce", MetricUnit.Share, "Largest calibration error (MCE)"),
                new("rmsce", MetricUnit.Share, "Calibration error (RMSCE)"),
            ],
        };

    private static CalibrationMetric Create(OptionReader options, MetricContext context)
    {
        var isOfPositive = options.Choice("confidence", "top_label", ["top_label", "positive_label"]) == "positive_label";
        if (isOfPositive && context.PositiveLabel is null)
        {
            throw options.Wrong("confidence", "is \"positive_label\", but the spec has no positiveLabel");
        }

        return new CalibrationMetric(
            context.Labels,
            context.Settings.LabelProbabilities,
            isOfPositive ? context.PositiveIndex : LabelIndex.Outside,
            options.Int("bins", 15, 1, 100)
        );
    }

    /// <inheritdoc/>
    public override string Name => "calibration";

    /// <inheritdoc/>
    protected override string OwnSignature { get; } =
        $"confidence:{(positive == LabelIndex.Outside ? "top_label" : "positive_label")}|bins:{binCount}|edges:right_closed";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"calibration|{positive}|{binCount}|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 4;

    /// <inheritdoc/>
    public override int SumLength => 1 + (WordsPerBin * binCount);

    /// <summary>Gaps count by their size whatever their sign, so that chance adds to them and a resample adds once more.</summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => null;

    /// <inheritdoc/>
    public override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("ece", HigherIsBetter: false), new("mce", HigherIsBetter: false), new("rmsce", HigherIsBetter: false)];

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        if (!IsMeasured(statistic))
        {
            return 0;
        }

        terms[0] = new SumTerm(0, 1);
        if (statistic[Bin] == 0)
        {
            return 1;
        }

        var first = 1 + (WordsPerBin * ((int)statistic[Bin] - 1));
        terms[1] = new SumTerm(first, 1);
        terms[2] = new SumTerm(first + 1, statistic[Confidence]);
        terms[3] = new SumTerm(first + 2, statistic[Correct]);
        return 4;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var error = CalibrationError.From(Bins(sums), sums[0]);
        values[0] = error.Expected;
        values[1] = error.Maximum;
        values[2] = error.RootMeanSquare;
    }

    /// <summary>The bins that are not empty.</summary>
    /// <inheritdoc/>
    public override MetricTable? TableOf(ReadOnlySpan<long> sums) =>
        new()
        {
            Kind = Table,
            Signature = Signature,
            Rows = [.. Bins(sums).Select(bin => new[] { bin.Index, bin.Count, bin.AverageConfidence, bin.Accuracy })],
        };

    /// <inheritdoc/>
    protected override void Measure(double[] probabilities, int actual, Span<long> statistic)
    {
        var label = positive == LabelIndex.Outside ? Likeliest(probabilities) : positive;
        statistic[Bin - 1] = CalibrationError.FindBin(probabilities[label], binCount) + 1;
        statistic[Confidence - 1] = FixedPoint.FromUnit(probabilities[label]);
        statistic[Correct - 1] = actual == label ? 1 : 0;
    }

    /// <summary>The bins that are not empty.</summary>
    /// <param name="sums">The sums.</param>
    private List<CalibrationBin> Bins(ReadOnlySpan<long> sums)
    {
        var bins = new List<CalibrationBin>();
        for (var bin = 0; bin < binCount; bin++)
        {
            var words = sums.Slice(1 + (WordsPerBin * bin), WordsPerBin);
            if (words[0] > 0)
            {
                bins.Add(new CalibrationBin(bin, words[0], FixedPoint.ToDouble(words[1]) / words[0], (double)words[2] / words[0]));
            }
        }

        return bins;
    }
}
