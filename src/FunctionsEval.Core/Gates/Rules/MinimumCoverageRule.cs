using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>Enough samples must have been answered.</summary>
/// <pass>share of rows answered (scored or unparsable) ≥ it</pass>
/// <fail>below</fail>
/// <inconclusive>there is no row</inconclusive>
public sealed record MinimumCoverageRule : GateRule
{
    /// <summary>Share of samples, 0–1, that must have been scored (unparsable ones included).</summary>
    [NumberField(Minimum = 0, Maximum = 1)]
    [Example(0.98)]
    public required double MinimumCoverage { get; init; }

    internal override string Subject => "Coverage";

    internal override RuleVerdict Decide(GateFacts facts, double requiredCoverage)
    {
        var coverage = RuleText.AtLeast(RuleSubject.Share(Subject), facts.Coverage, MinimumCoverage);
        return facts.UnparsableShare == 0
            ? coverage
            : coverage with
            {
                Reason = $"{coverage.Reason}; {NumberText.Share(facts.UnparsableShare)} of the answers are unreadable and count as wrong",
            };
    }
}
