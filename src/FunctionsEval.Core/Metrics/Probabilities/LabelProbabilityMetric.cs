using System.Globalization;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics.Probabilities;

/// <summary>
/// A metric of the probabilities that a model gives the labels. Samples without probabilities, or whose reference is no label, are not
/// counted.
/// </summary>
internal abstract class LabelProbabilityMetric(LabelIndex labels, LabelProbabilityMethod probabilities) : Metric
{
    /// <inheritdoc/>
    public sealed override AnswerDetail Needs => AnswerDetail.LabelProbabilities;

    /// <summary>The metric's own part, and how the probabilities are obtained.</summary>
    /// <inheritdoc/>
    public sealed override string Signature => $"{OwnSignature}|{SignaturePartOf(probabilities)}";

    /// <summary>How the probabilities are obtained, in the signature's notation.</summary>
    /// <param name="probabilities">The method.</param>
    public static string SignaturePartOf(LabelProbabilityMethod probabilities) =>
        probabilities == LabelProbabilityMethod.Exact
            ? "probabilities:exact"
            : string.Create(CultureInfo.InvariantCulture, $"probabilities:alternatives-{AnswerToken.MaxTopLogProbabilities}");

    /// <summary>The metric's own part of the signature.</summary>
    protected abstract string OwnSignature { get; }

    /// <summary>How many labels there are.</summary>
    protected int LabelCount => labels.Count;

    /// <inheritdoc/>
    public sealed override void Measure(MetricSample sample, Span<long> statistic)
    {
        var actual = labels.IndexOf(sample.References[0]);
        if (sample.LabelProbabilities is not { } given || actual == LabelIndex.Outside)
        {
            return;
        }

        var probabilities = new double[labels.Count];
        for (var label = 0; label < probabilities.Length; label++)
        {
            probabilities[label] = given.GetValueOrDefault(labels.Labels[label]);
        }

        statistic[0] = 1;
        Measure(probabilities, actual, statistic[1..]);
    }

    /// <inheritdoc/>
    public sealed override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[0] != 0;

    /// <inheritdoc/>
    public sealed override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[0];

    /// <summary>Measures a sample that has probabilities.</summary>
    /// <param name="probabilities">By label, in the list's order.</param>
    /// <param name="actual">The true label, by index.</param>
    /// <param name="statistic">Receives the words after the first, which counts samples.</param>
    protected abstract void Measure(double[] probabilities, int actual, Span<long> statistic);

    /// <summary>numpy's argmax: the first of equal maxima.</summary>
    protected static int Likeliest(double[] probabilities) => Array.IndexOf(probabilities, probabilities.Max());
}
