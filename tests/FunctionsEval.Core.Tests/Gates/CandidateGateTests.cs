using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tests.Gates;

public sealed class CandidateGateTests
{
    private const int Tried = 8;

    private static readonly MinimumRule Minimum = new() { Metric = "accuracy", Minimum = 0.8 };
    private static readonly NotWorseThanBaselineRule NotWorse = new() { Metric = "accuracy", NotWorseThanBaselineBy = 0.01 };
    private static readonly BetterThanBaselineRule Better = new() { Metric = "accuracy", BetterThanBaselineAtAlpha = 0.05 };

    private static readonly GateMetric Alone = new(0.9, DifferenceLower: -0.005, DifferenceUpper: 0.05, Difference: 0.02, PValue: 0.03);

    [Fact]
    public void A_rule_that_passes_alone_and_not_among_all_is_inconclusive_and_says_both()
    {
        var verdict = Evaluate([NotWorse], Alone with { DifferenceLower = -0.015 });

        var rule = Assert.Single(verdict.Rules);
        Assert.Equal((VerdictResult.Inconclusive, VerdictResult.Inconclusive), (verdict.Result, rule.Result));
        Assert.Equal(
            "Accuracy is 2.0 points better than the baseline (−0.5 to 5.0); at most 1 point worse is allowed. That holds for it alone, but not "
                + "among 8 candidates: Accuracy is 2.0 points better than the baseline (−1.5 to 5.0); at most 1 point worse is allowed, "
                + "which the interval leaves open",
            rule.Reason
        );
    }

    [Fact]
    public void A_rule_that_passes_among_all_shows_the_numbers_that_hold_for_all()
    {
        var verdict = Evaluate([Minimum, Better], Alone with { PValue = 0.04 });

        Assert.Equal(VerdictResult.Pass, verdict.Result);
        Assert.Equal(
            ["Accuracy 90.0 % is at least 80 %", "Accuracy is 2.0 points better than the baseline (p = 0.040; at most 0.05 is required)"],
            verdict.Rules.Select(rule => rule.Reason)
        );
    }

    [Fact]
    public void A_p_value_that_is_too_large_after_correction_is_inconclusive() =>
        Assert.Equal(VerdictResult.Inconclusive, Evaluate([Minimum, Better], Alone with { PValue = 0.24 }).Result);

    [Fact]
    public void A_rule_without_a_simultaneous_interval_is_inconclusive() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Evaluate(
                [NotWorse],
                Alone with
                {
                    DifferenceLower = null,
                    DifferenceUpper = null,
                    NoDifferenceInterval = "not_compared",
                }
            ).Result
        );

    [Fact]
    public void A_lower_bound_that_holds_alone_and_not_among_all_is_inconclusive() =>
        Assert.Equal(
            VerdictResult.Inconclusive,
            Evaluate(
                [new LowerBoundRule { Metric = "accuracy", LowerBoundAtLeast = 0.85 }],
                alone: Alone with
                {
                    Lower = 0.86,
                    Upper = 0.94,
                },
                among: Alone with
                {
                    Lower = 0.84,
                    Upper = 0.96,
                }
            ).Result
        );

    [Fact]
    public void What_fails_alone_stays_failed_whatever_is_found_among_all()
    {
        var worse = Alone with { DifferenceLower = -0.09, DifferenceUpper = -0.02, Difference = -0.05 };

        var verdict = Evaluate([NotWorse, Minimum], alone: worse, among: Alone);

        Assert.Equal(VerdictResult.Fail, verdict.Result);
        Assert.Equal(Gate.Evaluate(new GateSpec { Rules = [NotWorse, Minimum] }, FactsOf(worse))!.Rules, verdict.Rules);
    }

    [Fact]
    public void What_is_inconclusive_alone_is_no_pass_among_all()
    {
        var unclear = Alone with { PValue = 0.3 };

        Assert.Equal(VerdictResult.Inconclusive, Evaluate([Better], alone: unclear, among: Alone).Result);
    }

    [Fact]
    public void A_run_in_which_no_sample_counts_keeps_its_one_reason()
    {
        var alone = new Verdict(VerdictResult.Inconclusive, [new RuleVerdict(VerdictResult.Inconclusive, "no sample counts")]);
        var gate = new GateSpec { Rules = [Minimum, Better] };

        Assert.Same(alone, CandidateGate.Evaluate(gate, alone, FactsOf(Alone).Metrics, 1, Tried));
        Assert.Null(CandidateGate.Evaluate(null, null, FactsOf(Alone).Metrics, 1, Tried));
    }

    [Fact]
    public void No_verdict_among_all_is_better_than_the_one_alone()
    {
        GateMetric[] metrics =
        [
            Alone,
            Alone with
            {
                DifferenceLower = -0.02,
                PValue = 0.2,
            },
            Alone with
            {
                DifferenceLower = -0.09,
                DifferenceUpper = -0.02,
                Difference = -0.05,
            },
            Alone with
            {
                DifferenceLower = null,
                DifferenceUpper = null,
                PValue = null,
                Difference = null,
            },
        ];
        GateRule[] rules =
        [
            Minimum,
            NotWorse,
            Better,
            new EquivalentToBaselineRule { Metric = "accuracy", EquivalentToBaselineWithin = 0.06 },
        ];
        foreach (var (alone, among, rule) in from a in metrics from b in metrics from c in rules select (a, b, c))
        {
            var before = Gate.Evaluate(new GateSpec { Rules = [rule] }, FactsOf(alone))!.Result;
            var after = Evaluate([rule], alone, among).Result;

            Assert.True(after == before || (before == VerdictResult.Pass && after == VerdictResult.Inconclusive), $"{before} -> {after}");
        }
    }

    private static Verdict Evaluate(GateRule[] rules, GateMetric among) => Evaluate(rules, Alone, among);

    private static Verdict Evaluate(GateRule[] rules, GateMetric alone, GateMetric among)
    {
        var gate = new GateSpec { Rules = rules };
        return CandidateGate.Evaluate(gate, Gate.Evaluate(gate, FactsOf(alone)), FactsOf(among).Metrics, 1, Tried)!;
    }

    private static GateFacts FactsOf(GateMetric metric) =>
        new()
        {
            Metrics = new Dictionary<(string Name, string Slice), GateMetric> { [("accuracy", SliceNames.All)] = metric },
            Coverage = 1,
            IsComplete = true,
        };
}
