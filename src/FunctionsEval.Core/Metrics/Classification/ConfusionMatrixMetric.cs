using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>
/// The confusion matrix: a row per true label, a column per predicted label and a last one for predictions that are no label.
/// Samples whose reference is no label are left out. It yields no number of its own, and so has no intervals.
/// </summary>
internal sealed class ConfusionMatrixMetric(LabelIndex labels) : Metric
{
    private readonly int _columns = labels.Count + 1;

    private static readonly MetricTableKind Table = new()
    {
        Member = "confusionMatrices",
        RowsMember = "counts",
        Title = "Confusion",
        Note = "true class down, predicted class across",
    };

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("confusion_matrix", MetricSubjects.Label, Create)
        {
            MaxLabels = SpecLimits.MaxLabelsSquared,
            Table = Table,
            Numbers = [],
        };

    private static ConfusionMatrixMetric Create(OptionReader options, MetricContext context) =>
        LabelOption.Read(options, context) is { Count: <= SpecLimits.MaxLabelsSquared } labels
            ? new ConfusionMatrixMetric(labels)
            : throw options.Wrong(
                "labels",
                $"must name at most {SpecLimits.MaxLabelsSquared} of the labels, since a confusion matrix has the square of their number"
            );

    /// <inheritdoc/>
    public override string Name => "confusion_matrix";

    /// <inheritdoc/>
    public override string Signature => "unparsable:last_column|version:sklearn-1.2.1";

    /// <inheritdoc/>
    public override string SumKey { get; } = $"confusion_matrix|{labels.Key}";

    /// <inheritdoc/>
    public override int StatisticLength => 2;

    /// <inheritdoc/>
    public override int SumLength => labels.Count * _columns;

    /// <inheritdoc/>
    public override bool HasIntervals => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values => [];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = labels.IndexOf(sample.References[0]);
        statistic[1] = labels.IndexOf(sample.Prediction);
    }

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        if (statistic[0] < 0)
        {
            return 0;
        }

        var column = statistic[1] < 0 ? _columns - 1 : (int)statistic[1];
        terms[0] = new SumTerm(((int)statistic[0] * _columns) + column, 1);
        return 1;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) { }

    /// <summary>One row per true label: how often each label was predicted, and last how often something else or nothing was.</summary>
    /// <inheritdoc/>
    public override MetricTable? TableOf(ReadOnlySpan<long> sums)
    {
        var rows = new List<IReadOnlyList<double>>(labels.Count);
        for (var row = 0; row < labels.Count; row++)
        {
            var counts = new double[_columns];
            for (var column = 0; column < _columns; column++)
            {
                counts[column] = sums[(row * _columns) + column];
            }

            rows.Add(counts);
        }

        return new MetricTable
        {
            Kind = Table,
            Labels = labels.Labels,
            Rows = rows,
        };
    }
}
