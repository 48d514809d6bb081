using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Tests.Gates;

public sealed class GateRuleCatalogTests
{
    [Fact]
    public void Every_kind_of_rule_is_in_the_catalogue() =>
        Assert.Equal(
            typeof(GateRule)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(GateRule)) && !type.IsAbstract)
                .Select(type => type.Name)
                .Order(),
            GateRuleCatalog.All.Select(kind => kind.Type.Name).Order()
        );

    [Fact]
    public void No_two_kinds_have_the_same_condition() => Assert.Distinct(GateRuleCatalog.All.Select(kind => kind.Condition));

    [Fact]
    public void Condition_decides_the_kind()
    {
        Assert.Equal(
            new LowerBoundRule
            {
                Metric = "f1_macro",
                Slice = "language=de",
                LowerBoundAtLeast = 0.5,
            },
            Read("""{"metric":"f1_macro","slice":"language=de","lowerBoundAtLeast":0.5}""")
        );
        Assert.Equal(new MaximumCostRule { MaximumCost = 2 }, Read("""{"maximumCost":2}"""));
    }

    [Theory]
    [InlineData("{}", "$: has 0 conditions, must have exactly one of minimum, maximum, ")]
    [InlineData("""{"metric":"a","minimum":0,"maximum":1}""", "$: has 2 conditions, must have exactly one of ")]
    [InlineData("""{"minimum":0}""", "$.metric: is missing: give the name of a metric value, for example accuracy.")]
    [InlineData(
        """{"minimumCoverage":0,"slice":"a=b"}""",
        "$.slice: does not go with minimumCoverage, which concerns the run; leave it out."
    )]
    [InlineData("""{"metric":"a","minimun":0}""", "$.minimun: is not a field of a spec. Did you mean minimum?")]
    [InlineData("""{"minimumCoverage":2}""", "$.minimumCoverage: must be from 0 to 1.")]
    public void Rule_that_cannot_be_decided_is_refused(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<OptionException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"metric":"a","betterThanBaselineAtAlpha":0.1}""", "betterThanBaselineAtAlpha")]
    [InlineData("""{"metric":"a","slice":"country=de","minimum":0.1}""", "slice")]
    [InlineData("""{"metric":"a","slice":"language=de","minimum":0.1}""", null)]
    [InlineData("""{"metric":"a","slice":"leaked=no","notWorseThanPrevious":0.1}""", null)]
    [InlineData("""{"maximumCost":1}""", null)]
    public void Rule_is_held_against_the_rest_of_the_spec(string json, string? path) =>
        Assert.Equal(path, Read(json).FindProblem(new GateContext(HasBaseline: false, ["language"]))?.Path);

    [Fact]
    public void Only_a_rule_on_the_cost_needs_prices() =>
        Assert.Equal(
            [typeof(MaximumCostRule)],
            GateRuleCatalog.All.Where(kind => ((GateRule)kind.Section.Defaults).NeedsPrices).Select(kind => kind.Type)
        );

    private static GateRule Read(string json) => GateRuleCatalog.Read(new OptionReader("$", JsonElement.Parse(json)));
}
