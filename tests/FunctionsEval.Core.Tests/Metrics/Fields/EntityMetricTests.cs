using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Extraction;

namespace FunctionsEval.Core.Tests.Metrics.Fields;

public sealed class EntityMetricTests
{
    private static readonly Gen<string> Entities = Gen.Select(Gen.Int[0, 12], Gen.Int[1, 4], Gen.OneOf("PER", "LOC"))
        .Select((start, length, label) => $$"""{"start":{{start}},"end":{{start + length}},"label":"{{label}}"}""")
        .Array[0, 6]
        .Select(entities => $"[{string.Join(',', entities)}]");

    [Theory]
    [InlineData("strict", "entity_f1_micro", 1.0 / 3)]
    [InlineData("overlap", "entity_overlap_f1_micro", 2.0 / 3)]
    public void Place_must_be_the_same_or_overlap(string match, string name, double expected) =>
        Assert.Equal(
            expected,
            Value(
                match,
                name,
                """[{"start":0,"end":4,"label":"PER"},{"start":10,"end":14,"label":"LOC"},{"start":20,"end":22,"label":"ORG"}]""",
                """[{"start":0,"end":4,"label":"PER"},{"start":12,"end":15,"label":"LOC"},{"start":20,"end":22,"label":"LOC"}]"""
            ),
            1e-12
        );

    [Theory]
    [InlineData("strict", "entity_f1_micro", 2.0 * 1 / 5)]
    [InlineData("overlap", "entity_overlap_f1_micro", 2.0 * 2 / 5)]
    public void Text_must_be_the_same_or_have_a_word_in_common(string match, string name, double expected) =>
        Assert.Equal(
            expected,
            Value(
                match,
                name,
                """[{"text":"Ann Lee","label":"PER"},{"text":"Kiel","label":"LOC"}]""",
                """[{"text":"ann","label":"PER"},{"text":"Kiel","label":"LOC"},{"text":"Kiel","label":"LOC"}]"""
            ),
            1e-12
        );

    /// <summary>One entity that covers the text is not the match of all.</summary>
    [Fact]
    public void Entity_of_an_answer_is_paired_with_one_of_the_reference_at_most() =>
        Assert.Equal(
            0.5,
            Value(
                "overlap",
                "entity_overlap_recall_micro",
                """[{"start":0,"end":4,"label":"PER"},{"start":10,"end":14,"label":"PER"}]""",
                """[{"start":0,"end":99,"label":"PER"}]"""
            )
        );

    /// <summary>An entity that overlaps two leaves to another the one that the other needs.</summary>
    [Fact]
    public void As_many_entities_as_possible_are_paired_by_overlap()
    {
        const string Reference = """[{"start":0,"end":4,"label":"PER"},{"start":10,"end":14,"label":"PER"}]""";
        const string Answer = """[{"start":0,"end":14,"label":"PER"},{"start":1,"end":3,"label":"PER"}]""";
        Assert.Equal(1, Value("overlap", "entity_overlap_f1_micro", Reference, Answer));
        Assert.Equal(1, Value("overlap", "entity_overlap_f1_micro", Reference, Reverse(Answer)));
    }

    [Fact]
    public void Answer_without_entities_or_json_finds_none()
    {
        const string Reference = """[{"text":"Kiel","label":"LOC"}]""";
        Assert.Equal(0, Value("strict", "entity_recall_micro", Reference, null));
        Assert.Equal(0, Value("strict", "entity_precision_micro", Reference, "[1,{}]"));
        Assert.Equal(double.NaN, Value("strict", "entity_f1_micro", "[]", "[]"));
    }

    [Fact]
    public void Order_decides_nothing_and_overlap_is_never_less_than_strict() =>
        Gen.Select(Entities, Entities)
            .Sample(
                (reference, answer) =>
                {
                    var strict = Value("strict", "entity_f1_micro", reference, answer);
                    Assert.Equal(strict, Value("strict", "entity_f1_micro", answer, reference));
                    Assert.Equal(strict, Value("strict", "entity_f1_micro", Reverse(reference), answer));
                    var overlap = Value("overlap", "entity_overlap_f1_micro", reference, answer);
                    Assert.Equal(overlap, Value("overlap", "entity_overlap_f1_micro", reference, Reverse(answer)));
                    Assert.Equal(overlap, Value("overlap", "entity_overlap_f1_micro", Reverse(reference), answer));
                    Assert.True(double.IsNaN(overlap) ? double.IsNaN(strict) : overlap is >= 0 and <= 1 && overlap >= strict);
                },
                iter: 2_000
            );

    private static string Reverse(string list) => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement[]>(list)!.Reverse());

    private static double Value(string match, string name, string reference, string? answer) =>
        Metrics.Samples.Values(
            Metrics.Samples.Create(ExtractionTask.Instance, "entity_f1", ("match", match)),
            new MetricSample { References = [reference], Prediction = answer }
        )[name];
}
