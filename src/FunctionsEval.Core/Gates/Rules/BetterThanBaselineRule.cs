using FunctionsEval.Core.Metrics.Words;
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
    public required double BetterThanBaselineAtAlpha { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts)
    {
        if (metric is not { PValue: { } p, Difference: { } difference } || double.IsNaN(p) || double.IsNaN(difference))
        {
            return RuleVerdict.Inconclusive(
                $"{Name} has no p-value of its difference from {facts.BaselineName}{RuleText.Because(metric.NoDifferenceInterval)}"
            );
        }

        var gain = metric.HigherIsBetter ? difference : -difference;
        var amount = SubjectIn(facts).Text.Amount(Math.Abs(gain), metric.DifferenceLower, metric.DifferenceUpper);
        var said =
            gain == 0
                ? $"{Name} is the same as that of {facts.BaselineName}"
                : $"{Name} is {amount} {(gain > 0 ? "better" : "worse")} than {facts.BaselineName}";
        var test =
            $"({NumberText.PValue(p, isBound: false, BetterThanBaselineAtAlpha)}; at most "
            + $"{new NumberText(MetricUnit.Plain).Bound(BetterThanBaselineAtAlpha)} is required)";
        return (p <= BetterThanBaselineAtAlpha, gain) switch
        {
            (true, > 0) => RuleVerdict.Pass($"{said} {test}"),
            (true, < 0) => RuleVerdict.Fail($"{said} {test}"),
            _ => RuleVerdict.Inconclusive($"{said}, which chance may explain {test}"),
        };
    }
}
