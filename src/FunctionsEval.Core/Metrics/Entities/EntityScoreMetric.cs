using System.Text.Json;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Entities;

/// <summary>
/// Precision, recall and F1 of entities (CoNLL-2000's <c>conlleval</c>; seqeval's <c>classification_report(mode="strict")</c>): an entity
/// is right where label and place, or text, are the reference's; by overlap, where the label is and they have a character, or a word, in
/// common. Micro over all entities; macro, weighted and per label over the labels that the spec names.
/// </summary>
internal sealed class EntityScoreMetric : Metric
{
    private readonly string? _field;
    private readonly LabelIndex _labels;
    private readonly bool _byOverlap;
    private readonly UnitScores _scores;

    /// <param name="field">The member that has the list of entities; null where the answer is the list.</param>
    /// <param name="labels">The labels with numbers of their own.</param>
    /// <param name="byOverlap">Whether an overlap will do.</param>
    public EntityScoreMetric(string? field, IReadOnlyList<string> labels, bool byOverlap)
    {
        _field = field;
        _labels = new LabelIndex(labels);
        _byOverlap = byOverlap;
        _scores = new UnitScores(labels, byOverlap ? "entity_overlap_" : "entity_", hasWeighted: true);
        Signature =
            $"match:{(byOverlap ? "overlap" : "strict")}|field:{field ?? FieldRules.Root}|labels:{labels.Count}|unparsable:no_entities|version:seqeval-1.2.2";
        SumKey = $"entity_f1|{byOverlap}|{field?.Length ?? -1}:{field}|{_labels.Key}";
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("entity_f1", MetricSubjects.Fields, Create)
        {
            Numbers =
            [
                new("entity_f1_micro", MetricUnit.Share, "Entity F1 (micro)"),
                new("entity_precision_micro", MetricUnit.Share, "Entity precision (micro)"),
                new("entity_recall_micro", MetricUnit.Share, "Entity recall (micro)"),
                new("entity_f1_macro", MetricUnit.Share, "Entity F1 (macro)"),
                new("entity_precision_macro", MetricUnit.Share, "Entity precision (macro)"),
                new("entity_recall_macro", MetricUnit.Share, "Entity recall (macro)"),
                new("entity_f1_weighted", MetricUnit.Share, "Entity F1 (weighted)"),
                new("entity_precision_weighted", MetricUnit.Share, "Entity precision (weighted)"),
                new("entity_recall_weighted", MetricUnit.Share, "Entity recall (weighted)"),
                new("entity_f1", MetricUnit.Share, "Entity F1"),
                new("entity_precision", MetricUnit.Share, "Entity precision"),
                new("entity_recall", MetricUnit.Share, "Entity recall"),
                new("entity_overlap_f1_micro", MetricUnit.Share, "Entity overlap F1 (micro)"),
                new("entity_overlap_precision_micro", MetricUnit.Share, "Entity overlap precision (micro)"),
                new("entity_overlap_recall_micro", MetricUnit.Share, "Entity overlap recall (micro)"),
                new("entity_overlap_f1_macro", MetricUnit.Share, "Entity overlap F1 (macro)"),
                new("entity_overlap_precision_macro", MetricUnit.Share, "Entity overlap precision (macro)"),
                new("entity_overlap_recall_macro", MetricUnit.Share, "Entity overlap recall (macro)"),
                new("entity_overlap_f1_weighted", MetricUnit.Share, "Entity overlap F1 (weighted)"),
                new("entity_overlap_precision_weighted", MetricUnit.Share, "Entity overlap precision (weighted)"),
                new("entity_overlap_recall_weighted", MetricUnit.Share, "Entity overlap recall (weighted)"),
                new("entity_overlap_f1", MetricUnit.Share, "Entity overlap F1"),
                new("entity_overlap_precision", MetricUnit.Share, "Entity overlap precision"),
                new("entity_overlap_recall", MetricUnit.Share, "Entity overlap recall"),
            ],
        };

    private static EntityScoreMetric Create(OptionReader options, MetricContext context) =>
        new(
            options.Text("field", canBeEmpty: false),
            options.DistinctTexts("labels") ?? [],
            options.Choice("match", "strict", ["strict", "overlap"]) == "overlap"
        );

    /// <inheritdoc/>
    public override string Name => "entity_f1";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override string SumKey { get; }

    /// <inheritdoc/>
    public override int StatisticLength => 1 + _scores.Length;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values => _scores.Values;

    /// <summary>By overlap each entity is compared with each.</summary>
    /// <inheritdoc/>
    public override long MaxPairs => _byOverlap ? 1L << 32 : base.MaxPairs;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        var reference = Read(sample.References[0]);
        var byPlace = EntityPairing.IsByPlace(reference);
        reference = EntityPairing.Distinct(reference, byPlace);
        var answer = EntityPairing.Distinct(Read(sample.Prediction), byPlace);
        var matched = _byOverlap
            ? EntityPairing.MatchByOverlap(reference, answer, byPlace)
            : EntityPairing.MatchStrictly(reference, answer, byPlace);
        statistic[0] = 1;
        foreach (var entity in reference)
        {
            _scores.Add(statistic[1..], _labels.IndexOf(entity.Label), new UnitCounts(0, 1, 0));
        }

        foreach (var (entity, isMatched) in answer.Zip(matched))
        {
            _scores.Add(statistic[1..], _labels.IndexOf(entity.Label), new UnitCounts(isMatched ? 1 : 0, 0, 1));
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => _scores.Finish(sums[1..], values);

    /// <inheritdoc/>
    public override Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) =>
        _scores.SpreadOf(value, sums[1..], sums[0], independent);

    private List<Entity> Read(string? text)
    {
        var value = FieldScoreMetric.Json(text);
        foreach (var name in _field?.Split('.') ?? [])
        {
            value = value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var inner) ? inner : default;
        }

        return Entity.ReadAll(value);
    }
}
