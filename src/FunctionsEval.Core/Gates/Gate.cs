using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Gates;

/// <summary>Applies a gate to a run's numbers.</summary>
public static class Gate
{
    /// <summary>Share of samples that must have been answered for a pass where the gate has no rule on it.</summary>
    public const double DefaultMinimumCoverage = 0.95;

    /// <summary>
    /// Share of samples that must count for a comparison to be decided: what the gate asks for, else <see cref="DefaultMinimumCoverage"/>.
    /// </summary>
    /// <param name="gate">The rules; null for a run without a gate.</param>
    public static double LeastCoverage(GateSpec? gate) =>
        gate?.Rules.OfType<MinimumCoverageRule>().FirstOrDefault()?.MinimumCoverage ?? DefaultMinimumCoverage;

    /// <summary>Says whether a run passes.</summary>
    /// <param name="gate">The rules; null for a run without a gate.</param>
    /// <param name="facts">The run's numbers.</param>
    /// <returns>The verdict with one reason per rule; null without a gate.</returns>
    public static Verdict? Evaluate(GateSpec? gate, GateFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (gate is null)
        {
            return null;
        }

        var requiredCoverage = LeastCoverage(gate);
        List<RuleVerdict> rules =
        [
            .. gate.Rules.Select(rule =>
                facts.IsComplete ? rule.Decide(facts, requiredCoverage) : RuleVerdict.Inconclusive($"{rule.Subject}: the run is incomplete")
            ),
        ];
        // The candidate may be bad at exactly the samples that were not answered. Unless the spec says otherwise, only few of them are
        // accepted.
        if (!gate.Rules.OfType<MinimumCoverageRule>().Any() && facts.Coverage < DefaultMinimumCoverage)
        {
            rules.Add(
                RuleVerdict.Inconclusive(
                    $"Coverage {NumberText.Share(facts.Coverage, DefaultMinimumCoverage)} is below "
                        + $"{new NumberText(MetricUnit.Share).Bound(DefaultMinimumCoverage)}, "
                        + "which holds where no rule sets minimumCoverage"
                )
            );
        }

        return new Verdict(facts.IsComplete ? Combine(rules) : VerdictResult.Inconclusive, rules);
    }

    private static VerdictResult Combine(List<RuleVerdict> rules) =>
        rules.Exists(rule => rule.Result == VerdictResult.Fail) ? VerdictResult.Fail
        : rules.Exists(rule => rule.Result == VerdictResult.Inconclusive) ? VerdictResult.Inconclusive
        : VerdictResult.Pass;
}
