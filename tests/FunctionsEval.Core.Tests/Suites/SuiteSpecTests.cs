using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Tests.Suites;

/// <summary>The section <c>suite</c> of a spec.</summary>
public sealed class SuiteSpecTests
{
    [Fact]
    public void Name_goes_before_patterns_and_the_strictest_pattern_counts_in_any_order()
    {
        var suite = Read(
            """{ "datasets": { "long-*": "advisory", "*.jsonl": "supporting", "long-tail.jsonl": "advisory", "x/*": "critical" }, "others": "advisory" }"""
        );

        Assert.Equal(SuiteTier.Advisory, suite.TierOf("long-tail.jsonl"));
        Assert.Equal(SuiteTier.Supporting, suite.TierOf("long-other.jsonl"));
        Assert.Equal(SuiteTier.Critical, suite.TierOf("x/long.jsonl"));
        Assert.Equal(SuiteTier.Advisory, suite.TierOf("rows.csv"));
        Assert.Equal(SuiteTier.Advisory, suite.TierOf("LONG.JSONL"));
    }

    [Fact]
    public void Dataset_that_nothing_names_is_critical_unless_the_spec_says_otherwise() =>
        Assert.Equal(SuiteTier.Critical, Read("{}").TierOf("test.jsonl"));

    [Fact]
    public void Names_and_patterns_that_no_dataset_has_are_missing()
    {
        var suite = Read("""{ "datasets": { "b.jsonl": "critical", "a*.jsonl": "supporting", "c/*": "advisory" } }""");

        Assert.Equal(["b.jsonl", "c/*"], suite.FindMissing(["aa.jsonl"]).Select(missing => missing.Key));
        Assert.Empty(suite.FindMissing(["a.jsonl", "b.jsonl", "c/d.jsonl"]));
    }

    [Fact]
    public void Section_is_no_part_of_the_identity_of_runs()
    {
        var with = SpecReader.Read(Spec("""{ "datasets": { "a.jsonl": "critical" } }"""), "evaluation.json");
        var without = SpecReader.Read(Spec("null"), "evaluation.json");

        Assert.Equal(SpecReader.Identity(without), SpecReader.Identity(with));
        Assert.Equal(SpecReader.Canonical(without), SpecReader.Canonical(with));
        Assert.NotNull(with.Suite);
    }

    [Fact]
    public void Sections_that_mean_the_same_have_one_canonical_form()
    {
        var one = Read("""{ "datasets": { "a": "critical", "b": "advisory" } }""");
        var other = Read("""{ "others": "critical", "datasets": { "b": "advisory", "a": "critical" } }""");

        Assert.Equal(one.ToCanonical(), other.ToCanonical());
        Assert.NotEqual(one.ToCanonical(), Read("""{ "datasets": { "a": "critical", "b": "critical" } }""").ToCanonical());
    }

    [Theory]
    [InlineData("""{ "datasets": { "a.jsonl": "vital" } }""", "expected one of critical, supporting, advisory")]
    [InlineData("""{ "datasets": { "a.jsonl": 1 } }""", "expected one of critical, supporting, advisory, found")]
    [InlineData("""{ "datasets": { "/a.jsonl": "critical" } }""", "relative to the spec's folder")]
    [InlineData("""{ "datasets": { "../a.jsonl": "critical" } }""", "relative to the spec's folder")]
    [InlineData("""{ "datasets": [] }""", "expected an object")]
    [InlineData("""{ "others": "none" }""", "expected one of critical, supporting, advisory")]
    [InlineData("""{ "tiers": {} }""", "is not a field of a spec")]
    public void Section_that_cannot_be_used_is_refused_with_its_place(string section, string message)
    {
        var refused = Assert.Throws<SpecException>(() => Read(section));

        Assert.Contains("$.suite", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_of_a_suite_run_depends_on_suite_section_datasets_and_attempt()
    {
        string[] ids =
        [
            RunId.CreateOfSuite("account", "suite", "others critical", ["a ev-1"]),
            RunId.CreateOfSuite("account", "suite", "others critical", ["a ev-1"], attempt: 1),
            RunId.CreateOfSuite("account", "suite", "others critical", ["a ev-2"]),
            RunId.CreateOfSuite("account", "suite", "others advisory", ["a ev-1"]),
            RunId.CreateOfSuite("account", "other", "others critical", ["a ev-1"]),
            RunId.CreateOfSuite("other", "suite", "others critical", ["a ev-1"]),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(RunId.IsValidOfSuite(id) && !RunId.IsValid(id)));
        Assert.Equal(ids[0], RunId.CreateOfSuite("account", "suite", "others critical", ["a ev-1"]));
    }

    private static SuiteSpec Read(string section) => SpecReader.Read(Spec(section), "evaluation.json").Suite!;

    private static string Spec(string section) => $$"""{ "task": "generation", "model": "m", "suite": {{section}} }""";
}
