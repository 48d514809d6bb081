using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// Matthews' correlation coefficient in its multi-class form R_K (Gorodkin, Computational Biology and Chemistry 28, 2004), as
/// scikit-learn's <c>matthews_corrcoef</c>: 0 when either side holds one label only. Unparsable answers are a label of their own.
/// </summary>
internal sealed class MatthewsCorrelationMetric(LabelIndex labels) : ClassCountsMetric(labels)
{
    private readonly int _labelCount = labels.Count;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("mcc", MetricSubjects.Label, (_, context) => new MatthewsCorrelationMetric(context.Labels))
        {
            Numbers = [new("mcc", MetricUnit.Plain, "Matthews correlation")],
        };

    /// <inheritdoc/>
    public override string Name => "mcc";

    /// <inheritdoc/>
    public override string Signature => "unparsable:wrong|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("mcc") { Minimum = -1 }];

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => SpreadOfAgreement(sums, independent);

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        Int128 samples = Samples(sums),
            hits = 0,
            agreement = 0,
            occurrences = 0,
            predictions = 0;
        Int128 outsideOccurrences = samples,
            outsidePredictions = samples;
        for (var label = 0; label < _labelCount; label++)
        {
            Int128 occurring = Occurrences(sums, label),
                predicted = Predictions(sums, label);
            hits += Hits(sums, label);
            agreement += occurring * predicted;
            occurrences += occurring * occurring;
            predictions += predicted * predicted;
            outsideOccurrences -= occurring;
            outsidePredictions -= predicted;
        }

        var spreadOfOccurrences = (samples * samples) - occurrences - (outsideOccurrences * outsideOccurrences);
        var spreadOfPredictions = (samples * samples) - predictions - (outsidePredictions * outsidePredictions);
        values[0] =
            spreadOfOccurrences == 0 || spreadOfPredictions == 0
                ? 0
                : (double)((samples * hits) - agreement)
                    / (Math.Sqrt((double)spreadOfOccurrences) * Math.Sqrt((double)spreadOfPredictions));
    }
}
