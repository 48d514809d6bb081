using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Gates;

public sealed class GateTests
{
    [Fact]
    public void Evaluate_without_gate_is_null() => Assert.Null(Gate.Evaluate(null, Facts()));

    [Theory]
    [InlineData(0.8, VerdictResult.Pass)]
    [InlineData(0.81, VerdictResult.Fail)]
    public void Minimum_is_met_by_an_equal_value(double minimum, VerdictResult expected) =>
        AssertRule(expected, new MinimumRule { Metric = "m", Minimum = minimum }, new GateMetric(0.8));

    [Theory]
    [InlineData(12, VerdictResult.Pass)]
    [InlineData(11.9, VerdictResult.Fail)]
    public void Maximum_is_met_by_an_equal_value(double maximum, VerdictResult expected) =>
        AssertRule(expected, new MaximumRule { Metric = "m", Maximum = maximum }, new GateMetric(12));

    [Theory]
    [InlineData(0.70, VerdictResult.Pass)]
    [InlineData(0.75, VerdictResult.Inconclusive)]
    [InlineData(0.90, VerdictResult.Inconclusive)]
    [InlineData(0.91, VerdictResult.Fail)]
    public void LowerBoundAtLeast_is_decided_by_the_whole_interval(double bound, VerdictResult expected) =>
        AssertRule(expected, new LowerBoundRule { Metric = "m", LowerBoundAtLeast = bound }, new GateMetric(0.8, 0.70, 0.90));

    [Theory]
    [InlineData(-0.01, 0.05, VerdictResult.Pass)]
    [InlineData(-0.02, 0.05, VerdictResult.Pass)]
    [InlineData(-0.03, 0.05, VerdictResult.Inconclusive)]
    [InlineData(-0.05, -0.02, VerdictResult.Inconclusive)]
    [InlineData(-0.05, -0.03, VerdictResult.Fail)]
    public void NotWorse_more_is_better_looks_at_the_loss(double lower, double upper, VerdictResult expected) =>
        AssertRule(
            expected,
            new NotWorseThanBaselineRule { Metric = "m", NotWorseThanBaselineBy = 0.02 },
            new GateMetric(0.8, DifferenceLower: lower, DifferenceUpper: upper)
        );

    [Theory]
    [InlineData(-3, 0.5, VerdictResult.Pass)]
    [InlineData(-3, 0.6, VerdictResult.Inconclusive)]
    [InlineData(0.6, 3, VerdictResult.Fail)]
    public void NotWorse_less_is_better_looks_at_the_rise(double lower, double upper, VerdictResult expected) =>
        AssertRule(
            expected,
            new NotWorseThanBaselineRule { Metric = "m", NotWorseThanBaselineBy = 0.5 },
            new GateMetric(20, DifferenceLower: lower, DifferenceUpper: upper, HigherIsBetter: false)
        );

    [Theory]
    [InlineData(0.95, VerdictResult.Pass)]
    [InlineData(0.96, VerdictResult.Fail)]
    public void MinimumCoverage_is_met_by_an_equal_share(double minimum, VerdictResult expected) =>
        AssertRule(expected, new MinimumCoverageRule { MinimumCoverage = minimum }, new GateMetric(0));

    [Theory]
    [InlineData(-0.019, 0.019, VerdictResult.Pass)]
    [InlineData(-0.02, 0.01, VerdictResult.Inconclusive)]
    [InlineData(-0.01, 0.05, VerdictResult.Inconclusive)]
    [InlineData(0.01, 0.05, VerdictResult.Inconclusive)]
    [InlineData(0.03, 0.05, VerdictResult.Fail)]
    [InlineData(-0.05, -0.03, VerdictResult.Fail)]
    public void Equivalent_looks_at_both_bounds(double lower, double upper, VerdictResult expected) =>
        AssertRule(
            expected,
            new EquivalentToBaselineRule { Metric = "m", EquivalentToBaselineWithin = 0.02 },
            new GateMetric(0.8, DifferenceLower: lower, DifferenceUpper: upper)
        );

    [Theory]
    [InlineData(0.1, 0.05, true, VerdictResult.Pass)]
    [InlineData(0.1, 0.051, true, VerdictResult.Inconclusive)]
    [InlineData(-0.1, 0.01, true, VerdictResult.Fail)]
    [InlineData(-0.1, 0.01, false, VerdictResult.Pass)]
    [InlineData(0.1, 0.01, false, VerdictResult.Fail)]
    [InlineData(0, 0.01, true, VerdictResult.Inconclusive)]
    public void Better_needs_direction_and_p_value(double difference, double p, bool higherIsBetter, VerdictResult expected) =>
        AssertRule(
            expected,
            new BetterThanBaselineRule { Metric = "m", BetterThanBaselineAtAlpha = 0.05 },
            new GateMetric(0.8, HigherIsBetter: higherIsBetter, Difference: difference, PValue: p)
        );

    [Fact]
    public void Rule_on_a_slice_looks_at_that_slice_and_says_so()
    {
        var facts = Facts() with
        {
            Metrics = new Dictionary<(string, string), GateMetric> { [("m", "all")] = new(0.9), [("m", "language=de")] = new(0.4) },
        };
        var verdict = Gate.Evaluate(
            new GateSpec
            {
                Rules =
                [
                    new MinimumRule
                    {
                        Metric = "m",
                        Slice = "language=de",
                        Minimum = 0.5,
                    },
                ],
            },
            facts
        )!;
        Assert.Equal(new RuleVerdict(VerdictResult.Fail, "m in language=de 0.400 is below 0.5"), Assert.Single(verdict.Rules));
    }

    [Theory]
    [InlineData(2.0, VerdictResult.Pass)]
    [InlineData(2.01, VerdictResult.Fail)]
    public void MaximumCost_is_met_by_an_equal_cost(double cost, VerdictResult expected) =>
        Assert.Equal(
            expected,
            Gate.Evaluate(new GateSpec { Rules = [new MaximumCostRule { MaximumCost = 2 }] }, Facts() with { Cost = cost })!.Result
        );

    [Fact]
    public void Low_coverage_keeps_a_gate_without_a_rule_on_it_from_passing()
    {
        var gate = new GateSpec { Rules = [new MinimumRule { Metric = "accuracy", Minimum = 0.5 }] };
        var verdict = Gate.Evaluate(gate, Facts() with { Coverage = 0.94 })!;
        Assert.Equal(VerdictResult.Inconclusive, verdict.Result);
        Assert.Equal("Coverage 94.0 % is below 95 %, which holds where no rule sets minimumCoverage", verdict.Rules[^1].Reason);
        Assert.Equal(
            VerdictResult.Pass,
            Gate.Evaluate(
                new GateSpec { Rules = [.. gate.Rules, new MinimumCoverageRule { MinimumCoverage = 0.9 }] },
                Facts() with
                {
                    Coverage = 0.94,
                }
            )!.Result
        );
    }

    public static TheoryData<GateRule> RulesOnMetric =>
        new(
            (GateRule[])
                [
                    new MinimumRule { Metric = "m", Minimum = 0 },
                    new MaximumRule { Metric = "m", Maximum = 0 },
                    new LowerBoundRule { Metric = "m", LowerBoundAtLeast = 0 },
                    new NotWorseThanBaselineRule { Metric = "m", NotWorseThanBaselineBy = 0 },
                    new EquivalentToBaselineRule { Metric = "m", EquivalentToBaselineWithin = 1 },
                    new BetterThanBaselineRule { Metric = "m", BetterThanBaselineAtAlpha = 0.5 },
                    new MinimumRule
                    {
                        Metric = "m",
                        Slice = "language=de",
                        Minimum = 0,
                    },
                    new MaximumCostRule { MaximumCost = 1000 },
                    new MinimumRule { Metric = "absent", Minimum = 0 },
                ]
        );

    [Theory]
    [MemberData(nameof(RulesOnMetric))]
    public void Undefined_numbers_are_inconclusive(GateRule rule) =>
        AssertRule(VerdictResult.Inconclusive, rule, new GateMetric(double.NaN, double.NaN, 1, null, 1));

    [Fact]
    public void Undefined_coverage_is_inconclusive() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Gate.Evaluate(
                new GateSpec { Rules = [new MinimumCoverageRule { MinimumCoverage = 0 }] },
                Facts() with
                {
                    Coverage = new OutcomeCounts().Coverage,
                }
            )!.Result
        );

    [Fact]
    public void Failed_rule_outweighs_an_inconclusive_one_and_every_rule_has_its_reason()
    {
        var verdict = Gate.Evaluate(
            new GateSpec
            {
                Rules =
                [
                    new MinimumRule { Metric = "accuracy", Minimum = 0.75 },
                    new MinimumRule { Metric = "absent", Minimum = 0.75 },
                    new MinimumRule { Metric = "accuracy", Minimum = 0.85 },
                ],
            },
            Facts()
        )!;
        Assert.Equal(VerdictResult.Fail, verdict.Result);
        Assert.Equal(
            ["Accuracy 80.0 % is at least 75 %", "absent was not computed", "Accuracy 80.0 % is below 85 %"],
            verdict.Rules.Select(rule => rule.Reason)
        );
    }

    [Fact]
    public void Incomplete_run_is_inconclusive_even_where_a_rule_would_fail() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Gate.Evaluate(
                new GateSpec { Rules = [new MinimumRule { Metric = "accuracy", Minimum = 0.99 }] },
                Facts() with
                {
                    IsComplete = false,
                }
            )!.Result
        );

    private static GateFacts Facts() =>
        new()
        {
            Metrics = new Dictionary<(string, string), GateMetric> { [("accuracy", "all")] = new(0.8) },
            Coverage = 0.95,
            IsComplete = true,
        };

    private static void AssertRule(VerdictResult expected, GateRule rule, GateMetric metric)
    {
        var facts = Facts() with { Metrics = new Dictionary<(string, string), GateMetric> { [("m", "all")] = metric } };
        var verdict = Gate.Evaluate(new GateSpec { Rules = [rule] }, facts)!;
        Assert.Equal((expected, expected), (verdict.Result, Assert.Single(verdict.Rules).Result));
    }
}
