using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A rule on the difference from the baseline, which is decided only where enough samples count.</summary>
public abstract record ComparisonRule : ValueRule
{
    internal sealed override RuleVerdict Decide(GateFacts facts, double requiredCoverage) =>
        !facts.Metrics.TryGetValue(Key, out var metric) ? NotComputed()
        : facts.Coverage < requiredCoverage
            ? RuleVerdict.Inconclusive(
                $"{Name} cannot be compared: too few samples count ({NumberText.Share(facts.Coverage, requiredCoverage)}, "
                    + $"at least {new NumberText(MetricUnit.Share).Bound(requiredCoverage)} is required)"
            )
        : Decide(metric, facts);

    internal sealed override OptionProblem? FindProblem(GateContext context) =>
        context.HasBaseline
            ? base.FindProblem(context)
            : new OptionProblem(OptionSection.For(GetType()).Fields[^1].Name, "needs a baseline: name a model in $.baseline.");
}
