using System.Globalization;
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

    internal override string Subject => "coverage";

    internal override RuleVerdict Decide(GateFacts facts, double requiredCoverage)
    {
        var coverage = RuleText.AtLeast(Subject, facts.Coverage, MinimumCoverage);
        return facts.UnparsableShare == 0
            ? coverage
            : coverage with
            {
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{coverage.Reason}; {100 * facts.UnparsableShare:0.#} % of the answers do not parse and count as wrong"
                ),
            };
    }
}
