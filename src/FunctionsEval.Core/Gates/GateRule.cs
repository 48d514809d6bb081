using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Gates;

/// <summary>
/// One rule of a gate. A derived type is a kind of rule: it declares the fields that a spec gives it, checks them and decides. Its summary
/// and its elements <c>pass</c>, <c>fail</c> and <c>inconclusive</c> are its row in docs/spec.md. <see cref="GateRuleCatalog"/> lists the
/// kinds.
/// </summary>
public abstract record GateRule
{
    /// <summary>Whether every model that is called must have prices.</summary>
    public virtual bool NeedsPrices => false;

    /// <summary>The number that the rule is on, as reasons name it, for example <c>Accuracy</c> or <c>Cost</c>.</summary>
    internal abstract string Subject { get; }

    /// <summary>Decides the rule on a run that is complete.</summary>
    /// <param name="facts">The run's numbers.</param>
    /// <param name="requiredCoverage">Share of samples that must count for a comparison to be decided.</param>
    internal abstract RuleVerdict Decide(GateFacts facts, double requiredCoverage);

    /// <summary>Finds a conflict with the rest of the spec.</summary>
    /// <param name="context">The rest of the spec.</param>
    /// <returns>The problem, its path relative to the rule; null for none.</returns>
    internal virtual OptionProblem? FindProblem(GateContext context) => null;
}

/// <summary>What rules must know of a spec.</summary>
/// <param name="HasBaseline">Whether the candidate is compared with a baseline.</param>
/// <param name="Slices">The tags by whose values metrics are also given.</param>
public sealed record GateContext(bool HasBaseline, IReadOnlyList<string> Slices);
