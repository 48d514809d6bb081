using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Tests.Runs;

public sealed class GateTests
{
    [Fact]
    public void Evaluate_without_gate_is_null() => Assert.Null(Gate.Evaluate(null, Facts()));

    [Theory]
    [InlineData(0.8, VerdictResult.Pass)]
    [InlineData(0.81, VerdictResult.Fail)]
    public void Minimum_is_met_by_an_equal_value(double minimum, VerdictResult expected) =>
        AssertRule(expected, new GateRule { Metric = "m", Minimum = minimum }, new GateMetric(0.8));

    [Theory]
    [InlineData(12, VerdictResult.Pass)]
    [InlineData(11.9, VerdictResult.Fail)]
    public void Maximum_is_met_by_an_equal_value(double maximum, VerdictResult expected) =>
        AssertRule(expected, new GateRule { Metric = "m", Maximum = maximum }, new GateMetric(12));

    [Theory]
    [InlineData(0.70, VerdictResult.Pass)]
    [InlineData(0.75, VerdictResult.Inconclusive)]
    [InlineData(0.90, VerdictResult.Inconclusive)]
    [InlineData(0.91, VerdictResult.Fail)]
    public void LowerBoundAtLeast_is_decided_by_the_whole_interval(double bound, VerdictResult expected) =>
        AssertRule(expected, new GateRule { Metric = "m", LowerBoundAtLeast = bound }, new GateMetric(0.8, 0.70, 0.90));

    [Theory]
    [InlineData(-0.01, 0.05, VerdictResult.Pass)]
    [InlineData(-0.02, 0.05, VerdictResult.Pass)]
    [InlineData(-0.03, 0.05, VerdictResult.Inconclusive)]
    [InlineData(-0.05, -0.02, VerdictResult.Inconclusive)]
    [InlineData(-0.05, -0.03, VerdictResult.Fail)]
    public void NotWorse_more_is_better_looks_at_the_loss(double lower, double upper, VerdictResult expected) =>
        AssertRule(
            expected,
            new GateRule { Metric = "m", NotWorseThanBaselineBy = 0.02 },
            new GateMetric(0.8, DifferenceLower: lower, DifferenceUpper: upper));

    [Theory]
    [InlineData(-3, 0.5, VerdictResult.Pass)]
    [InlineData(-3, 0.6, VerdictResult.Inconclusive)]
    [InlineData(0.6, 3, VerdictResult.Fail)]
    public void NotWorse_less_is_better_looks_at_the_rise(double lower, double upper, VerdictResult expected) =>
        AssertRule(
            expected,
            new GateRule { Metric = "m", NotWorseThanBaselineBy = 0.5 },
            new GateMetric(20, DifferenceLower: lower, DifferenceUpper: upper, HigherIsBetter: false));

    [Theory]
    [InlineData(0.95, VerdictResult.Pass)]
    [InlineData(0.96, VerdictResult.Fail)]
    public void MinimumCoverage_is_met_by_an_equal_share(double minimum, VerdictResult expected) =>
        AssertRule(expected, new GateRule { MinimumCoverage = minimum }, new GateMetric(0));

    public static TheoryData<GateRule> RulesOnMetric => new(
        new GateRule { Metric = "m", Minimum = 0 },
        new GateRule { Metric = "m", Maximum = 0 },
        new GateRule { Metric = "m", LowerBoundAtLeast = 0 },
        new GateRule { Metric = "m", NotWorseThanBaselineBy = 0 },
        new GateRule { Metric = "absent", Minimum = 0 });

    [Theory]
    [MemberData(nameof(RulesOnMetric))]
    public void Undefined_numbers_are_inconclusive(GateRule rule) =>
        AssertRule(VerdictResult.Inconclusive, rule, new GateMetric(double.NaN, double.NaN, 1, null, 1));

    [Fact]
    public void Undefined_coverage_is_inconclusive() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Gate.Evaluate(
                new GateSpec { Rules = [new GateRule { MinimumCoverage = 0 }] },
                Facts() with { Coverage = new OutcomeCounts().Coverage })!.Result);

    [Fact]
    public void Failed_rule_outweighs_an_inconclusive_one_and_every_rule_has_its_reason()
    {
        var verdict = Gate.Evaluate(
            new GateSpec
            {
                Rules =
                [
                    new GateRule { Metric = "accuracy", Minimum = 0.75 },
                    new GateRule { Metric = "absent", Minimum = 0.75 },
                    new GateRule { Metric = "accuracy", Minimum = 0.85 },
                ],
            },
            Facts())!;
        Assert.Equal(VerdictResult.Fail, verdict.Result);
        Assert.Equal(
            ["accuracy 0.8 is at least 0.75", "absent was not computed", "accuracy 0.8 is below 0.85"],
            verdict.Rules.Select(rule => rule.Reason));
    }

    [Fact]
    public void Incomplete_run_is_inconclusive_even_where_a_rule_would_fail() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Gate.Evaluate(
                new GateSpec { Rules = [new GateRule { Metric = "accuracy", Minimum = 0.99 }] }, Facts() with { IsComplete = false })!.Result);

    private static GateFacts Facts() => new()
    {
        Metrics = new Dictionary<string, GateMetric> { ["accuracy"] = new(0.8) },
        Coverage = 0.95,
        IsComplete = true,
    };

    private static void AssertRule(VerdictResult expected, GateRule rule, GateMetric metric)
    {
        var facts = Facts() with { Metrics = new Dictionary<string, GateMetric> { ["m"] = metric } };
        var verdict = Gate.Evaluate(new GateSpec { Rules = [rule] }, facts)!;
        Assert.Equal((expected, expected), (verdict.Result, Assert.Single(verdict.Rules).Result));
    }
}
