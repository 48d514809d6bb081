using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>
/// The difference from the baseline must lie within a margin on either side: two one-sided tests (Schuirmann, 1987) at
/// α = (1 − interval level) ÷ 2 each. Each rejects exactly when its bound of the interval lies within the margin.
/// </summary>
/// <pass>the interval of candidate − baseline lies within ± this margin (&gt; 0)</pass>
/// <fail>it lies outside</fail>
/// <inconclusive>it reaches beyond, or no interval; needs <c>baseline</c></inconclusive>
public sealed record EquivalentToBaselineRule : ComparisonRule
{
    /// <summary>How far the candidate may be from the baseline, more than 0.</summary>
    [NumberField(Minimum = 0, ExcludesMinimum = true, Reason = "no data shows that two models are exactly equal")]
    [Example(0.02)]
    public required double EquivalentToBaselineWithin { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric)
    {
        if (!RuleText.TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive(
                $"{Name} has no interval of its difference from the baseline{RuleText.Because(metric.NoDifferenceInterval)}"
            );
        }

        var interval = $"the interval {RuleText.Number(lower)}…{RuleText.Number(upper)} of {Name}'s difference from the baseline";
        var margin = RuleText.Number(EquivalentToBaselineWithin);
        return lower > -EquivalentToBaselineWithin && upper < EquivalentToBaselineWithin
                ? RuleVerdict.Pass($"{interval} lies within ±{margin}")
            : lower > EquivalentToBaselineWithin || upper < -EquivalentToBaselineWithin
                ? RuleVerdict.Fail($"{interval} lies outside ±{margin}")
            : RuleVerdict.Inconclusive($"{interval} reaches beyond ±{margin}");
    }
}
