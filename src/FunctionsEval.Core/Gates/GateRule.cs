namespace FunctionsEval.Core.Gates;

/// <summary>One rule of the gate; exactly one condition is set.</summary>
public sealed record GateRule
{
    /// <summary>
    /// Name of a metric value, for example <c>f1_macro</c>; null for <see cref="MinimumCoverage"/> and <see cref="MaximumCost"/>.
    /// </summary>
    public string? Metric { get; init; }

    /// <summary>The slice that is looked at, <c>tag=value</c>; null for the whole dataset.</summary>
    public string? Slice { get; init; }

    /// <summary>The value must be at least this.</summary>
    public double? Minimum { get; init; }

    /// <summary>The value must be at most this.</summary>
    public double? Maximum { get; init; }

    /// <summary>The interval's lower bound must be at least this; inconclusive while the interval contains it.</summary>
    public double? LowerBoundAtLeast { get; init; }

    /// <summary>
    /// The candidate may be worse than the baseline by at most this much, by the difference's interval; inconclusive while the interval
    /// contains the margin.
    /// </summary>
    public double? NotWorseThanBaselineBy { get; init; }

    /// <summary>
    /// The candidate may be worse than in the previous completed run of the suite with the same model by at most this much, decided as
    /// <see cref="NotWorseThanBaselineBy"/> over the samples that both runs have; it holds where there is no previous run.
    /// </summary>
    public double? NotWorseThanPrevious { get; init; }

    /// <summary>
    /// The difference from the baseline must lie within ± this: two one-sided tests (Schuirmann, 1987) at α = (1 − interval level) ÷ 2
    /// each,
    /// which hold when the difference's whole interval lies within; inconclusive while it reaches beyond.
    /// </summary>
    public double? EquivalentToBaselineWithin { get; init; }

    /// <summary>
    /// The candidate must be better than the baseline with a two-sided p-value of at most this (over slices Holm's); it fails when it is
    /// worse by the same test, and is inconclusive otherwise.
    /// </summary>
    public double? BetterThanBaselineAtAlpha { get; init; }

    /// <summary>What all calls of the run may have cost, in the currency of the models' prices.</summary>
    public double? MaximumCost { get; init; }

    /// <summary>Share of samples, 0–1, that must have been scored (unparsable ones included).</summary>
    public double? MinimumCoverage { get; init; }
}
