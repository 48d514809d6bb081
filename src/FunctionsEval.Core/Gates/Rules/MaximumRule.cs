using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A value must be at most a bound.</summary>
/// <pass>value ≤ it</pass>
/// <fail>value &gt; it</fail>
/// <inconclusive>the value is undefined</inconclusive>
public sealed record MaximumRule : ValueRule
{
    /// <summary>The value must be at most this.</summary>
    [NumberField]
    public required double Maximum { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts) =>
        RuleText.AtMost(SubjectIn(facts).With(metric), metric.Value, Maximum);
}
