using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>The candidate may be worse than the baseline by at most a margin, by the interval of the difference.</summary>
/// <pass>the interval of candidate − baseline is nowhere worse than this margin (≥ 0)</pass>
/// <fail>everywhere worse</fail>
/// <inconclusive>between, or no interval; needs <c>baseline</c></inconclusive>
public sealed record NotWorseThanBaselineRule : ComparisonRule
{
    /// <summary>By how much the candidate may be worse than the baseline, 0 or more.</summary>
    [NumberField(Minimum = 0)]
    public required double NotWorseThanBaselineBy { get; init; }

    private protected override RuleVerdict Decide(GateMetric metric, GateFacts facts) =>
        RuleText.NotWorse(SubjectIn(facts), metric, NotWorseThanBaselineBy, facts.BaselineName);
}
