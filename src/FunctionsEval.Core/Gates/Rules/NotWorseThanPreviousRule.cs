using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>
/// The candidate may be worse than in the previous completed run of the suite with the same model by at most a margin, decided over the
/// samples that both runs have.
/// </summary>
/// <pass>as <c>notWorseThanBaselineBy</c>, against the <see href="#previous-run">previous run</see>; there is none</pass>
/// <fail>everywhere worse</fail>
/// <inconclusive>between, no interval, or the two runs cannot be paired</inconclusive>
public sealed record NotWorseThanPreviousRule : MetricRule
{
    /// <summary>By how much the candidate may be worse than in the previous run, 0 or more.</summary>
    [NumberField(Minimum = 0)]
    public required double NotWorseThanPrevious { get; init; }

    internal override RuleVerdict Decide(GateFacts facts, double requiredCoverage) =>
        facts.Previous switch
        {
            null => RuleVerdict.Pass($"{Name}: there is no previous run of the suite with this model to be worse than"),
            { NotPaired: { } reason } previous => RuleVerdict.Inconclusive(
                $"{Name} cannot be compared with the previous run {previous.RunId}: {reason.TrimEnd('.')}"
            ),
            var previous => previous.Metrics.TryGetValue(Key, out var metric)
                ? RuleText.NotWorse(SubjectIn(facts), metric, NotWorseThanPrevious, "the previous run")
                : NotComputed(),
        };
}
