using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// A metric that needs no more of the confusion matrix than its diagonal and margins. The statistic is the pair of true and
/// predicted label (−1 for anything outside the list, such as an answer that did not parse); the sums are the number of samples
/// and, per label, hits, occurrences and predictions. All such metrics over the same labels share one set of sums.
/// </summary>
internal abstract class ClassCountsMetric(LabelIndex labels) : Metric
{
    private const int PerClass = 3;

    /// <inheritdoc/>
    public sealed override int StatisticLength => 2;

    /// <inheritdoc/>
    public sealed override int SumLength => 1 + (PerClass * labels.Count);

    /// <inheritdoc/>
    public sealed override string SumKey { get; } = $"class_counts|{labels.Key}";

    /// <inheritdoc/>
    public sealed override bool IsOfOneSample(int value) => false;

    /// <inheritdoc/>
    public sealed override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = labels.IndexOf(sample.References[0]);
        statistic[1] = labels.IndexOf(sample.Prediction);
    }

    /// <inheritdoc/>
    public sealed override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        var (actual, predicted) = ((int)statistic[0], (int)statistic[1]);
        var count = 0;
        terms[count++] = new SumTerm(0, 1);
        if (actual >= 0 && actual == predicted)
        {
            terms[count++] = new SumTerm(1 + (PerClass * actual), 1);
        }

        if (actual >= 0)
        {
            terms[count++] = new SumTerm(2 + (PerClass * actual), 1);
        }

        if (predicted >= 0)
        {
            terms[count++] = new SumTerm(3 + (PerClass * predicted), 1);
        }

        return count;
    }

    /// <summary>
    /// A change of one sample also changes what it is compared with, so these numbers change up to twice as much as a mean.
    /// </summary>
    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        Spread.OfMean(independent) with
        {
            Leverage = 2,
        };

    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => 50;

    /// <inheritdoc/>
    public sealed override LabelUse? LabelUseOf(ReadOnlySpan<long> sums)
    {
        var absent = new List<string>();
        for (var label = 0; label < labels.Count; label++)
        {
            if (Occurrences(sums, label) == 0)
            {
                absent.Add(labels.Labels[label]);
            }
        }

        return new LabelUse(labels.Count, absent);
    }

    /// <summary>The spread of a mean over the labels that have samples.</summary>
    protected Spread SpreadOfLabels(ReadOnlySpan<long> sums, double independent)
    {
        var sizes = new double[labels.Count];
        for (var label = 0; label < sizes.Length; label++)
        {
            sizes[label] = Occurrences(sums, label) * independent / Samples(sums);
        }

        var spread = Spread.OfGroups(sizes);
        return spread with { Leverage = 2 * spread.Leverage };
    }

    /// <summary>
    /// The spread of an agreement beyond chance: the fewer samples do not have the most frequent label, the further one of them moves it.
    /// </summary>
    protected Spread SpreadOfAgreement(ReadOnlySpan<long> sums, double independent)
    {
        long most = 0;
        for (var label = 0; label < labels.Count; label++)
        {
            most = Math.Max(most, Occurrences(sums, label));
        }

        return Spread.OfMean(independent) with
        {
            Leverage = Math.Max(2, (double)Samples(sums) / (Samples(sums) - most)),
        };
    }

    protected static long Samples(ReadOnlySpan<long> sums) => sums[0];

    /// <summary>Samples of the label that were predicted as such.</summary>
    protected static long Hits(ReadOnlySpan<long> sums, int label) => sums[1 + (PerClass * label)];

    /// <summary>Samples of the label.</summary>
    protected static long Occurrences(ReadOnlySpan<long> sums, int label) => sums[2 + (PerClass * label)];

    /// <summary>Samples predicted as the label.</summary>
    protected static long Predictions(ReadOnlySpan<long> sums, int label) => sums[3 + (PerClass * label)];
}
