using FunctionsEval.Core.Gates.Rules;

namespace FunctionsEval.Core.Gates;

/// <summary>
/// Applies a gate to a candidate among several. The more candidates are tried, the likelier it is that one of them passes by chance. So a
/// rule that passes by an interval or a p-value must pass twice: alone, and with the interval or p-value that holds for all candidates
/// together. A rule that fails alone stays failed. All candidates fail together no more often than one of them does, so that claim needs no
/// correction. Rules on a value, coverage, cost or the previous run are decided alone.
/// </summary>
public static class CandidateGate
{
    /// <summary>Says whether a candidate passes among several.</summary>
    /// <param name="gate">The rules; null without a gate.</param>
    /// <param name="alone">What the gate says of the candidate alone, one reason a rule.</param>
    /// <param name="metrics">Its numbers, with simultaneous intervals and corrected p-values.</param>
    /// <param name="coverage">Share of samples that were answered.</param>
    /// <param name="tried">How many candidates were tried.</param>
    /// <param name="baseline">The baseline's name; null where it is not known.</param>
    /// <returns>The verdict, never better than <paramref name="alone"/>; that one itself where nothing is compared.</returns>
    public static Verdict? Evaluate(
        GateSpec? gate,
        Verdict? alone,
        IReadOnlyDictionary<(string Name, string Slice), GateMetric> metrics,
        double coverage,
        int tried,
        string? baseline = null
    )
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (gate is null || alone is null || alone.Rules.Count < gate.Rules.Count)
        {
            return alone;
        }

        var facts = new GateFacts
        {
            Metrics = metrics,
            Coverage = coverage,
            Baseline = baseline,
            IsComplete = true,
        };
        RuleVerdict[] rules =
        [
            .. alone.Rules.Select(
                (rule, index) =>
                    index < gate.Rules.Count
                    && gate.Rules[index] is (ComparisonRule or LowerBoundRule) and var claim
                    && rule.Result == VerdictResult.Pass
                        ? Among(rule, claim.Decide(facts, Gate.LeastCoverage(gate)), tried)
                        : rule
            ),
        ];
        var weakened = rules.Zip(alone.Rules).Any(pair => pair.First.Result != pair.Second.Result);
        return new Verdict(weakened && alone.Result == VerdictResult.Pass ? VerdictResult.Inconclusive : alone.Result, rules);
    }

    private static RuleVerdict Among(RuleVerdict alone, RuleVerdict among, int tried) =>
        among.Result == VerdictResult.Pass
            ? among
            : RuleVerdict.Inconclusive(
                FormattableString.Invariant($"{alone.Reason}. That holds for it alone, but not among {tried} candidates: {among.Reason}")
            );
}
