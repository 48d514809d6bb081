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
    [Example(0.7)]
    public required double LowerBoundAtLeast { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric)
    {
        if (!RuleText.TryInterval(metric.Lower, metric.Upper, out var lower, out var upper))
        {
            return RuleVerdict.Inconclusive($"{Name} has no interval{RuleText.Because(metric.NoInterval)}");
        }

        var interval = $"the interval {RuleText.Number(lower)}…{RuleText.Number(upper)} of {Name}";
        var bound = RuleText.Number(LowerBoundAtLeast);
        return lower >= LowerBoundAtLeast ? RuleVerdict.Pass($"{interval} is at or above {bound}")
            : upper < LowerBoundAtLeast ? RuleVerdict.Fail($"{interval} is below {bound}")
            : RuleVerdict.Inconclusive($"{interval} contains {bound}");
    }
}
