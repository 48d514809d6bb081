using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>
/// The candidate must be better than the baseline by a two-sided test; on a slice the p-value is Holm's over all slices.
/// </summary>
/// <pass>better than the baseline, p ≤ it (0–0.5)</pass>
/// <fail>worse than the baseline, p ≤ it</fail>
/// <inconclusive>p &gt; it, or no p-value; needs <c>baseline</c></inconclusive>
public sealed record BetterThanBaselineRule : ComparisonRule
{
    /// <summary>The highest p-value at which the candidate counts as better than the baseline, 0–0.5.</summary>
    [NumberField(Minimum = 0, Maximum = 0.5)]
    [Example(0.05)]
    public required double BetterThanBaselineAtAlpha { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric)
    {
        if (metric is not { PValue: { } p, Difference: { } difference } || double.IsNaN(p) || double.IsNaN(difference))
        {
            return RuleVerdict.Inconclusive(
                $"{Name} has no p-value of its difference from the baseline{RuleText.Because(metric.NoDifferenceInterval)}"
            );
        }

        var gain = metric.HigherIsBetter ? difference : -difference;
        var (pText, alpha) = (RuleText.Number(p), RuleText.Number(BetterThanBaselineAtAlpha));
        return (p <= BetterThanBaselineAtAlpha, gain) switch
        {
            (true, > 0) => RuleVerdict.Pass($"{Name} is better than the baseline by {RuleText.Number(gain)} (p {pText} ≤ {alpha})"),
            (true, < 0) => RuleVerdict.Fail($"{Name} is worse than the baseline by {RuleText.Number(-gain)} (p {pText} ≤ {alpha})"),
            _ => RuleVerdict.Inconclusive(
                $"{Name} differs from the baseline by {RuleText.Number(difference)}, which chance may explain (p {pText} > {alpha})"
            ),
        };
    }
}
