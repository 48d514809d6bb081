using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// How an extraction does field by field: the share of answers that agree in all fields, and F1, precision and recall over the values that
/// reference and answer have. A wrong value is missing and given in vain at once; a field that neither has counts nowhere. An answer that
/// is no JSON has no values.
/// </summary>
internal sealed class FieldScoreMetric : Metric
{
    private const int Samples = 0;
    private const int Right = 1;
    private const int FirstUnit = 2;

    private readonly FieldRules _rules;
    private readonly UnitScores _scores;

    public FieldScoreMetric(FieldRules rules)
    {
        _rules = rules;
        _scores = new UnitScores(rules.Paths, "field_", hasWeighted: false);
        Values = [.. _scores.Values, new MetricValueDefinition("fields_right", IsProportion: true) { SuccessIndex = Right }];
        Signature = $"{rules.Signature}|unparsable:no_values";
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("field_f1", MetricSubjects.Fields, (options, context) => new FieldScoreMetric(ReadRules(options, context)))
        {
            Numbers =
            [
                new("field_f1_micro", MetricUnit.Share, "Field F1 (micro)"),
                new("field_precision_micro", MetricUnit.Share, "Field precision (micro)"),
                new("field_recall_micro", MetricUnit.Share, "Field recall (micro)"),
                new("field_f1_macro", MetricUnit.Share, "Field F1 (macro)"),
                new("field_precision_macro", MetricUnit.Share, "Field precision (macro)"),
                new("field_recall_macro", MetricUnit.Share, "Field recall (macro)"),
                new("field_f1", MetricUnit.Share, "Field F1"),
                new("field_precision", MetricUnit.Share, "Field precision"),
                new("field_recall", MetricUnit.Share, "Field recall"),
                new("fields_right", MetricUnit.Share, "All fields right"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => "field_f1";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override int StatisticLength => FirstUnit + _scores.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <summary>Sets and lists compare each element with each.</summary>
    /// <inheritdoc/>
    public override long MaxPairs => 1L << 32;

    /// <summary>The fields of a metric of fields: those of its options, else the members that the spec's reference consists of.</summary>
    internal static FieldRules ReadRules(OptionReader options, MetricContext context) =>
        FieldRules.Read(options, "fields", context.Settings.Fields, "others");

    /// <summary>The JSON of a reference or an answer; undefined for none.</summary>
    internal static JsonElement Json(string? text) => text is null ? default : CanonicalJson.ParseOrNone(text);

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var words = statistic[FirstUnit..];
        var isRight = sample.Prediction is not null;
        foreach (var (value, counts) in _rules.Compare(Json(sample.References[0]), Json(sample.Prediction)))
        {
            isRight &= counts.Matched == counts.Expected && counts.Matched == counts.Given;
            _scores.Add(words, value.Field, counts);
        }

        statistic[Samples] = 1;
        statistic[Right] = isRight ? 1 : 0;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        _scores.Finish(sums[FirstUnit..], values);
        values[^1] = (double)sums[Right] / sums[Samples];
    }

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        value == Values.Count - 1
            ? base.SpreadOf(value, sums, independent)
            : _scores.SpreadOf(value, sums[FirstUnit..], sums[Samples], independent);
}
