using System.Numerics;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>
/// A metric of sets of labels. The statistic is whether both sets are equal, whether the answer parsed, and both sets as bits. The sums are
/// counts of samples and of labels, and fractions of samples in units of <see cref="FixedPoint"/>. All such metrics over the same labels
/// share one set of sums. An answer that did not parse predicts no label and is wrong in every decision.
/// </summary>
internal abstract class LabelSetMetric(LabelIndex labels) : Metric
{
    private const int EqualWord = 0;
    private const int ParsedWord = 1;
    private const int FirstSet = 2;
    private const int WordBits = 64;
    private const int Head = 10;
    private const int PerLabel = 3;

    private readonly int _words = (labels.Count + WordBits - 1) / WordBits;

    /// <summary>What the numbers are held to, in a signature's notation.</summary>
    protected const string Reference = "unparsable:wrong|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public sealed override int StatisticLength => FirstSet + (2 * _words);

    /// <inheritdoc/>
    public sealed override int SumLength => Head + (PerLabel * labels.Count);

    /// <inheritdoc/>
    public sealed override int MaxTerms => SumLength;

    /// <inheritdoc/>
    public sealed override string SumKey { get; } = $"label_sets|{labels.Key}";

    /// <summary>How many labels there are.</summary>
    protected int LabelCount => labels.Count;

    /// <summary>The labels.</summary>
    protected IReadOnlyList<string> Labels => labels.Labels;

    /// <inheritdoc/>
    public sealed override void Measure(MetricSample sample, Span<long> statistic)
    {
        var actual = statistic.Slice(FirstSet, _words);
        var predicted = statistic.Slice(FirstSet + _words, _words);
        SetBits(LabelSetValue.ReadJson(sample.References[0]), actual);
        if (sample.Prediction is { } prediction && LabelSetValue.ReadJson(prediction) is { } set)
        {
            SetBits(set, predicted);
            statistic[ParsedWord] = 1;
            statistic[EqualWord] = actual.SequenceEqual(predicted) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public sealed override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        var actual = statistic.Slice(FirstSet, _words);
        var predicted = statistic.Slice(FirstSet + _words, _words);
        var (occurring, chosen, hits) = (0, 0, 0);
        for (var word = 0; word < _words; word++)
        {
            occurring += BitOperations.PopCount((ulong)actual[word]);
            chosen += BitOperations.PopCount((ulong)predicted[word]);
            hits += BitOperations.PopCount((ulong)(actual[word] & predicted[word]));
        }

        var count = ScatterSample(statistic, new Overlap(hits, occurring, chosen), terms);
        for (var word = 0; word < _words; word++)
        {
            for (var rest = (ulong)(actual[word] | predicted[word]); rest != 0; rest &= rest - 1)
            {
                var bit = BitOperations.TrailingZeroCount(rest);
                var (isActual, isPredicted) = ((actual[word] >> bit & 1) == 1, (predicted[word] >> bit & 1) == 1);
                var first = Head + (PerLabel * ((word * WordBits) + bit));
                count = Add(terms, count, first, isActual && isPredicted ? 1 : 0);
                count = Add(terms, count, first + 1, isActual ? 1 : 0);
                count = Add(terms, count, first + 2, isPredicted ? 1 : 0);
            }
        }

        return count;
    }

    /// <summary>
    /// A change of one sample also changes what its labels are compared with, so these numbers change up to twice as much as a mean.
    /// </summary>
    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        Spread.OfMean(independent) with
        {
            Leverage = 2,
        };

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums)
    {
        var absent = 0;
        for (var label = 0; label < labels.Count; label++)
        {
            absent += CountsOf(sums, label).Occurrences == 0 ? 1 : 0;
        }

        return absent == 0
            ? null
            : FormattableString.Invariant(
                $"{absent} of {labels.Count} labels have no sample. Macro averages count each as zero_division, as scikit-learn does: add samples of them, or leave them out of the spec."
            );
    }

    /// <summary>The spread of a mean over the labels that have samples.</summary>
    protected Spread SpreadOfLabels(ReadOnlySpan<long> sums, double independent)
    {
        var sizes = new double[labels.Count];
        for (var label = 0; label < sizes.Length; label++)
        {
            sizes[label] = CountsOf(sums, label).Occurrences * independent / Samples(sums);
        }

        var spread = Spread.OfGroups(sizes);
        return spread with { Leverage = 2 * spread.Leverage };
    }

    protected static long Samples(ReadOnlySpan<long> sums) => sums[0];

    /// <summary>Samples whose answer is exactly the reference.</summary>
    protected static long Exact(ReadOnlySpan<long> sums) => sums[1];

    /// <summary>Labels that are in one of both sets only, over all samples; all labels of a sample whose answer did not parse.</summary>
    protected static long WrongDecisions(ReadOnlySpan<long> sums) => sums[2];

    /// <summary>The mean of a fraction over the samples.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="fraction">The fraction.</param>
    /// <param name="zeroDivision">What it is where it divides by 0; NaN leaves such samples out.</param>
    protected static double MeanOf(ReadOnlySpan<long> sums, SampleFraction fraction, double zeroDivision)
    {
        var undefined = sums[
            fraction switch
            {
                SampleFraction.Precision => 8,
                SampleFraction.Recall => 9,
                _ => 7,
            }
        ];
        var sum = FixedPoint.ToDouble(sums[3 + (int)fraction]);
        return double.IsNaN(zeroDivision) ? sum / (Samples(sums) - undefined) : (sum + (zeroDivision * undefined)) / Samples(sums);
    }

    /// <summary>A label's counts.</summary>
    protected static LabelCounts CountsOf(ReadOnlySpan<long> sums, int label)
    {
        var first = Head + (PerLabel * label);
        return new LabelCounts(sums[first], sums[first + 1], sums[first + 2]);
    }

    private int ScatterSample(ReadOnlySpan<long> statistic, Overlap sets, Span<SumTerm> terms)
    {
        var isParsed = statistic[ParsedWord] == 1;
        var count = Add(terms, 0, 0, 1);
        count = Add(terms, count, 1, statistic[EqualWord]);
        count = Add(terms, count, 2, isParsed ? sets.Actual + sets.Predicted - (2 * sets.Hits) : labels.Count);
        count = Add(terms, count, 3, Fraction(sets.Hits, sets.Actual + sets.Predicted - sets.Hits));
        count = Add(terms, count, 4, Fraction(2 * sets.Hits, sets.Actual + sets.Predicted));
        count = Add(terms, count, 5, Fraction(sets.Hits, sets.Predicted));
        count = Add(terms, count, 6, Fraction(sets.Hits, sets.Actual));
        if (isParsed)
        {
            count = Add(terms, count, 7, sets.Actual + sets.Predicted == 0 ? 1 : 0);
            count = Add(terms, count, 8, sets.Predicted == 0 ? 1 : 0);
            count = Add(terms, count, 9, sets.Actual == 0 ? 1 : 0);
        }

        return count;
    }

    private static long Fraction(int hits, int of) => of == 0 ? 0 : FixedPoint.FromUnit((double)hits / of);

    private static int Add(Span<SumTerm> terms, int count, int index, long amount)
    {
        if (amount == 0)
        {
            return count;
        }

        terms[count] = new SumTerm(index, amount);
        return count + 1;
    }

    private void SetBits(IReadOnlyList<string>? set, Span<long> bits)
    {
        foreach (var label in set ?? [])
        {
            if (labels.IndexOf(label) is var index and not LabelIndex.Outside)
            {
                bits[index / WordBits] |= 1L << (index % WordBits);
            }
        }
    }

    private readonly record struct Overlap(int Hits, int Actual, int Predicted);
}

/// <summary>A fraction of one sample, in the order in which the sums have them.</summary>
internal enum SampleFraction
{
    /// <summary>Labels in both sets ÷ labels in either.</summary>
    Jaccard,

    /// <summary>2 × labels in both sets ÷ labels of one and of the other.</summary>
    F1,

    /// <summary>Labels in both sets ÷ labels of the answer.</summary>
    Precision,

    /// <summary>Labels in both sets ÷ labels of the reference.</summary>
    Recall,
}

/// <summary>How often a label is right, in a reference, and in an answer.</summary>
internal readonly record struct LabelCounts(long Hits, long Occurrences, long Predictions)
{
    /// <summary>The counts of both.</summary>
    public static LabelCounts operator +(LabelCounts left, LabelCounts right) =>
        new(left.Hits + right.Hits, left.Occurrences + right.Occurrences, left.Predictions + right.Predictions);

    /// <summary>Samples that have the label in the reference or in the answer.</summary>
    public long Either => Occurrences + Predictions - Hits;
}
