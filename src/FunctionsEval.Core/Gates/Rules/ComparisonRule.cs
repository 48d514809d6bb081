using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A rule on the difference from the baseline, which is decided only where enough samples count.</summary>
public abstract record ComparisonRule : ValueRule
{
    internal sealed override RuleVerdict Decide(GateFacts facts, double requiredCoverage) =>
        !facts.Metrics.TryGetValue(Key, out var metric) ? NotComputed()
        : facts.Coverage < requiredCoverage
            ? RuleVerdict.Inconclusive($"{Name} cannot be compared: coverage {RuleText.Number(facts.Coverage)} leaves out too many samples")
        : Decide(metric);

    internal sealed override OptionProblem? FindProblem(GateContext context) =>
        context.HasBaseline
            ? base.FindProblem(context)
            : new OptionProblem(OptionSection.For(GetType()).Fields[^1].Name, "needs a baseline: name a model in $.baseline.");
}
