using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A value's interval must lie at or above a bound.</summary>
/// <pass>the interval's lower bound ≥ it</pass>
/// <fail>the upper bound &lt; it</fail>
/// <inconclusive>between, or no interval</inconclusive>
public sealed record LowerBoundRule : ValueRule
{
    /// <summary>The interval's lower bound must be at least this.</summary>
    [NumberField]
    public required double LowerBoundAtLeast { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts)
    {
        if (!RuleText.TryInterval(metric.Lower, metric.Upper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive($"{Name} has no interval{RuleText.Because(metric.NoInterval)}");
        }

        var text = SubjectIn(facts).Text;
        var value = double.IsNaN(metric.Value) ? "" : $" {text.Value(metric.Value, lower, upper, LowerBoundAtLeast)}";
        var said = $"{Name}{value} ({text.Interval(lower, upper, LowerBoundAtLeast)})";
        var bound = text.Bound(LowerBoundAtLeast);
        return lower >= LowerBoundAtLeast ? RuleVerdict.Pass($"{said} is at least {bound} by its whole interval")
            : upper < LowerBoundAtLeast ? RuleVerdict.Fail($"{said} is below {bound} by its whole interval")
            : RuleVerdict.Inconclusive($"{said} is not clearly at least {bound}: its interval contains it");
    }
}
