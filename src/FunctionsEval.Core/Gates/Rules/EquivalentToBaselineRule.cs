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
    public required double EquivalentToBaselineWithin { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts)
    {
        if (!RuleText.TryInterval(metric.DifferenceLower, metric.DifferenceUpper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive(
                $"{Name} has no interval of its difference from {facts.BaselineName}{RuleText.Because(metric.NoDifferenceInterval)}"
            );
        }

        var text = SubjectIn(facts).Text;
        var interval = text.Bounds(lower, upper, EquivalentToBaselineWithin, -EquivalentToBaselineWithin);
        var said = $"{Name} differs from {facts.BaselineName} by {interval}";
        var margin = $"±{text.Margin(EquivalentToBaselineWithin)}";
        return lower > -EquivalentToBaselineWithin && upper < EquivalentToBaselineWithin
                ? RuleVerdict.Pass($"{said}, within the {margin} that are allowed")
            : lower > EquivalentToBaselineWithin || upper < -EquivalentToBaselineWithin
                ? RuleVerdict.Fail($"{said}, outside the {margin} that are allowed")
            : RuleVerdict.Inconclusive($"{said}, partly beyond the {margin} that are allowed");
    }
}
