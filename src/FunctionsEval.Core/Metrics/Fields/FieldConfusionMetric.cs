using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// What becomes of each named field: right, wrong, missing, given where the reference has none, or absent from both. It yields no number of
/// its own, and so has no intervals.
/// </summary>
internal sealed class FieldConfusionMetric(FieldRules rules) : Metric
{
    private const int Categories = 5;
    private const int Correct = 0;
    private const int Wrong = 1;
    private const int Missing = 2;
    private const int Extra = 3;
    private const int Absent = 4;

    private static readonly MetricTableKind Table = new()
    {
        Member = "fieldConfusions",
        RowsMember = "fields",
        Columns = ["correct", "wrong", "missing", "extra", "absent"],
        Title = "Fields",
        Note = "samples by what the answer has for the field; extra: a value where the reference has none",
    };

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("field_confusion", MetricSubjects.Fields, Create) { Table = Table, Numbers = [] };

    private static FieldConfusionMetric Create(OptionReader options, MetricContext context) =>
        FieldScoreMetric.ReadRules(options, context) is { Paths.Count: > 0 } rules
            ? new FieldConfusionMetric(rules)
            : throw options.Error("fields", "is missing: name the fields that the table has rows for.");

    /// <inheritdoc/>
    public override string Name => "field_confusion";

    /// <inheritdoc/>
    public override string Signature { get; } = $"{rules.Signature}|unparsable:no_values";

    /// <inheritdoc/>
    public override bool HasIntervals => false;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values => [];

    /// <inheritdoc/>
    public override int StatisticLength => rules.Paths.Count;

    /// <inheritdoc/>
    public override int SumLength => Categories * rules.Paths.Count;

    /// <inheritdoc/>
    public override long MaxPairs => 1L << 32;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic.Fill(Absent);
        var values = rules.Compare(FieldScoreMetric.Json(sample.References[0]), FieldScoreMetric.Json(sample.Prediction));
        foreach (var (value, found) in values.Where(value => value.Value.Field != FieldRules.Other))
        {
            statistic[value.Field] =
                found.Expected == 0 && found.Given == 0 ? Absent
                : found.Matched == found.Expected && found.Matched == found.Given ? Correct
                : found.Expected == 0 ? Extra
                : found.Given == 0 ? Missing
                : Wrong;
        }
    }

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        for (var field = 0; field < statistic.Length; field++)
        {
            terms[field] = new SumTerm((Categories * field) + (int)statistic[field], 1);
        }

        return statistic.Length;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) { }

    /// <summary>A row per field, in the order of the spec.</summary>
    /// <inheritdoc/>
    public override MetricTable? TableOf(ReadOnlySpan<long> sums)
    {
        var rows = new List<IReadOnlyList<double>>(rules.Paths.Count);
        for (var field = 0; field < rules.Paths.Count; field++)
        {
            var counts = new double[Categories];
            for (var category = 0; category < Categories; category++)
            {
                counts[category] = sums[(Categories * field) + category];
            }

            rows.Add(counts);
        }

        return new MetricTable
        {
            Kind = Table,
            Labels = rules.Paths,
            Rows = rows,
        };
    }
}
