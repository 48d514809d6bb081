using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A value must be at least a bound.</summary>
/// <pass>value ≥ it</pass>
/// <fail>value &lt; it</fail>
/// <inconclusive>the value is undefined</inconclusive>
public sealed record MinimumRule : ValueRule
{
    /// <summary>The value must be at least this.</summary>
    [NumberField]
    public required double Minimum { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts) =>
        RuleText.AtLeast(SubjectIn(facts).With(metric), metric.Value, Minimum);
}
