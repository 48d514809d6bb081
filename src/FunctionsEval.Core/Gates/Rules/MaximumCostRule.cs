using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>The run must not cost too much.</summary>
/// <pass>the cost of all calls, baseline and judges included, ≤ it</pass>
/// <fail>above</fail>
/// <inconclusive>a model that was called has no prices</inconclusive>
public sealed record MaximumCostRule : GateRule
{
    /// <summary>What all calls of the run may have cost, in the currency of the models' prices.</summary>
    [NumberField(Minimum = 0)]
    public required double MaximumCost { get; init; }

    /// <inheritdoc/>
    public override bool NeedsPrices => true;

    internal override string Subject => "Cost";

    internal override RuleVerdict Decide(GateFacts facts, double requiredCoverage) =>
        facts.Cost is { } cost
            ? RuleText.AtMost(new RuleSubject(Subject, new NumberText(MetricUnit.Money, facts.Currency)), cost, MaximumCost)
            : RuleVerdict.Inconclusive("The cost is not known: set the prices of every model that was called");
}
