using FunctionsEval.Core.Gates.Rules;

namespace FunctionsEval.Core.Gates;

/// <summary>
/// Applies a gate to a candidate among several. A claim that a candidate is not worse than the baseline, or better, or equivalent, must hold
/// for all candidates together: the more are tried, the likelier it is that one of them passes by chance. So a rule that compares with the
/// baseline must pass twice: alone, and with the simultaneous interval and the p-value that is corrected for all candidates. A rule that
/// fails alone stays failed. All candidates fail together no more often than one of them does, so that claim needs no correction.
/// </summary>
public static class CandidateGate
{
    /// <summary>Says whether a candidate passes among several.</summary>
    /// <param name="gate">The rules; null without a gate.</param>
    /// <param name="alone">What the gate says of the candidate alone, one reason a rule.</param>
    /// <param name="metrics">Its numbers, with simultaneous intervals and corrected p-values of its differences from the baseline.</param>
    /// <param name="coverage">Share of samples that were answered.</param>
    /// <param name="tried">How many candidates were tried.</param>
    /// <returns>The verdict, never better than <paramref name="alone"/>; that one itself where nothing is compared.</returns>
    public static Verdict? Evaluate(
        GateSpec? gate,
        Verdict? alone,
        IReadOnlyDictionary<(string Name, string Slice), GateMetric> metrics,
        double coverage,
        int tried
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
            IsComplete = true,
        };
        RuleVerdict[] rules =
        [
            .. alone.Rules.Select(
                (rule, index) =>
                    index < gate.Rules.Count && gate.Rules[index] is ComparisonRule comparison && rule.Result == VerdictResult.Pass
                        ? Among(rule, comparison.Decide(facts, Gate.LeastCoverage(gate)), tried)
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
                FormattableString.Invariant($"{alone.Reason} alone, but not among {tried} candidates: {among.Reason}")
            );
}
