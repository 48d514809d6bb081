using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class RetirementSpecTests
{
    [Fact]
    public void OnRetirement_says_when_and_is_no_part_of_the_identity()
    {
        var with = Read(""", "onRetirement": { "replacement": "n", "margins": { "accuracy": 0.02 } }""");

        Assert.Equal((90, "n", 0.02), (with.OnRetirement!.Days, with.OnRetirement.Replacement, with.OnRetirement.Margins!["accuracy"]));
        Assert.Equal(SpecReader.Canonical(Read("")), SpecReader.Canonical(with));
    }

    [Fact]
    public void A_replacement_is_accepted_by_equivalence_within_the_margins_and_by_the_gates_own_rules()
    {
        var spec = Read(
            """
            , "baseline": "b", "onRetirement": { "replacement": "n", "margins": { "accuracy": 0.02 } },
              "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.8 }, { "metric": "accuracy", "notWorseThanBaselineBy": 0.1 },
                                   { "metric": "accuracy", "notWorseThanPrevious": 0.1 }, { "minimumCoverage": 0.99 } ] }
            """
        );

        var rules = spec.OnRetirement!.AcceptanceOf(spec.Gate).Rules;

        var equivalence = Assert.IsType<EquivalentToBaselineRule>(rules[0]);
        Assert.Equal(("accuracy", 0.02), (equivalence.Metric, equivalence.EquivalentToBaselineWithin));
        Assert.IsType<MinimumRule>(rules[1]);
        Assert.IsType<MinimumCoverageRule>(rules[2]);
        Assert.Equal(3, rules.Count);
    }

    [Fact]
    public void Without_margins_those_of_the_gate_hold_in_both_directions()
    {
        var spec = Read(
            """
            , "baseline": "b", "slices": ["lang"], "onRetirement": { "replacement": "n" },
              "gate": { "rules": [ { "metric": "accuracy", "notWorseThanBaselineBy": 0.03 }, { "metric": "accuracy", "slice": "lang=de", "equivalentToBaselineWithin": 0.1 } ] }
            """
        );

        Assert.Equal(
            [("accuracy", null, 0.03), ("accuracy", "lang=de", 0.1)],
            spec.OnRetirement!.AcceptanceOf(spec.Gate)
                .Rules.Cast<EquivalentToBaselineRule>()
                .Select(rule => (rule.Metric, rule.Slice, rule.EquivalentToBaselineWithin))
        );
    }

    [Theory]
    [InlineData("""{ "days": 90 }""", "$.onRetirement.replacement: is missing: give the name of the model that takes its place.")]
    [InlineData("""{ "replacement": "M", "margins": { "accuracy": 1 } }""", "$.onRetirement.replacement: is the spec's model itself")]
    [InlineData("""{ "replacement": "n" }""", "$.onRetirement.margins: is missing: say how far the replacement may be")]
    [InlineData("""{ "replacement": "n", "margins": {} }""", "$.onRetirement.margins: names no metric")]
    [InlineData("""{ "replacement": "n", "margins": { "accuracy": 0 } }""", "$.onRetirement.margins.accuracy: must be more than 0")]
    [InlineData("""{ "replacement": "n", "margins": { "accuracy": "1" } }""", "$.onRetirement.margins.accuracy: expected a number")]
    [InlineData("""{ "replacement": "n", "days": 0, "margins": { "accuracy": 1 } }""", "$.onRetirement.days: must be from 1 to 730.")]
    public void What_does_not_fit_is_refused(string section, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<SpecException>(() => Read($", \"onRetirement\": {section}")).Message,
            StringComparison.Ordinal
        );

    private static EvaluationSpec Read(string more) =>
        SpecReader.Read($$"""{ "task": "classification", "labels": ["a", "b"], "model": "m"{{more}} }""", "s");
}
