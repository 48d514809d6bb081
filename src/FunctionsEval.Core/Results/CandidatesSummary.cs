using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Several candidates of one evaluation beside each other and beside their common baseline. What it says of one candidate holds for all of
/// them together at <see cref="Level"/>; docs/statistics.md says how.
/// </summary>
public sealed record CandidatesSummary
{
    /// <summary>The baseline's name; null without a baseline.</summary>
    public string? Baseline { get; init; }

    /// <summary>The level at which the intervals of one number hold for all candidates together, between 0 and 1.</summary>
    public required double Level { get; init; }

    /// <summary>
    /// How many candidates were tried, those whose run did not complete included. Intervals and p-values are corrected for all of them.
    /// </summary>
    public required int Tried { get; init; }

    /// <summary>
    /// What the gate says of all candidates: pass when a candidate passes, fail when all fail, else inconclusive; one reason a candidate,
    /// in the spec's order. Null without a verdict of any candidate.
    /// </summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The name of the number by which candidates are recommended; null where no candidate has one.</summary>
    public string? Headline { get; init; }

    /// <summary>
    /// The candidates that pass and are not shown to be worse than the best one by <see cref="Headline"/>, in the spec's order; empty
    /// without a gate.
    /// </summary>
    public IReadOnlyList<string> Recommended { get; init; } = [];

    /// <summary>The candidates, in the spec's order.</summary>
    public required IReadOnlyList<CandidateResult> Candidates { get; init; }

    /// <summary>
    /// The numbers over the whole dataset, and those of slices that the gate names: those that decide first, then others, then classes.
    /// </summary>
    public required IReadOnlyList<CandidatesNumber> Numbers { get; init; }

    /// <summary>
    /// How many numbers of classes are left out because there is no room for them; null for none. Each candidate's own run has them.
    /// </summary>
    public int? NumbersLeftOut { get; init; }
}

/// <summary>One candidate among several.</summary>
public sealed record CandidateResult
{
    /// <summary>The candidate's name.</summary>
    public required string Model { get; init; }

    /// <summary>Its run.</summary>
    public required string RunId { get; init; }

    /// <summary>The status of its run.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>What the gate says of it alone, which is its run's verdict; null without one.</summary>
    public Verdict? Alone { get; init; }

    /// <summary>
    /// What the gate says of it among all candidates: never better than <see cref="Alone"/>, and never a pass where its run did not
    /// complete; null without a gate.
    /// </summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Whether it is among <see cref="CandidatesSummary.Recommended"/>.</summary>
    public bool Recommended { get; init; }

    /// <summary>Why its numbers are not compared with those of others; null when they are.</summary>
    public string? NotCompared { get; init; }
}

/// <summary>One number of all candidates.</summary>
public sealed record CandidatesNumber
{
    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The slice, "all" for every sample, otherwise <c>tag=value</c>.</summary>
    public required string Slice { get; init; }

    /// <summary>The number's role in the comparison.</summary>
    public required MetricKind Kind { get; init; }

    /// <summary>Whether more is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>The baseline's number over its own samples; null without a baseline, and where it is undefined.</summary>
    public double? Baseline { get; init; }

    /// <summary>The number of each candidate that has it, in the spec's order.</summary>
    public required IReadOnlyList<CandidateNumber> Candidates { get; init; }
}

/// <summary>One number of one candidate, beside the baseline's and the best other candidate's.</summary>
public sealed record CandidateNumber
{
    /// <summary>The candidate's name.</summary>
    public required string Model { get; init; }

    /// <summary>The number over the candidate's own samples; null when it is undefined.</summary>
    public double? Value { get; init; }

    /// <summary>
    /// Lower bound of the number's interval that holds for all candidates together (Bonferroni's correction); null without one, and where
    /// no rule <c>lowerBoundAtLeast</c> is on the number.
    /// </summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the number's interval that holds for all candidates together; null as <see cref="Lower"/> is.</summary>
    public double? Upper { get; init; }

    /// <summary>Samples the number rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>Candidate − baseline over the samples scored for both; null when it is undefined, and without a baseline.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower bound of the difference's simultaneous interval; null without one.</summary>
    public double? DifferenceLower { get; init; }

    /// <summary>Upper bound of the difference's simultaneous interval; null without one.</summary>
    public double? DifferenceUpper { get; init; }

    /// <summary>Why the difference has no simultaneous interval; null when it has one, or there is no difference.</summary>
    public string? NoDifferenceInterval { get; init; }

    /// <summary>
    /// Two-sided p-value of "no difference from the baseline" of this candidate alone; on a slice Holm's over the slices.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction over the candidates.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the p-values are upper bounds, to be read as "at most"; null where they are not.</summary>
    public bool? PValueIsBound { get; init; }

    /// <summary>What the difference from the baseline says among all candidates; null where it has no p-value or decides nothing.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>
    /// Lower bound of this candidate's difference from the best of the others (Hsu's constrained interval: it holds 0 inside or as a
    /// bound); null without one.
    /// </summary>
    public double? BestLower { get; init; }

    /// <summary>Upper bound of this candidate's difference from the best of the others; null without one.</summary>
    public double? BestUpper { get; init; }

    /// <summary>Whether it alone may be the best one: it is at least as good as every other one; null without a comparison.</summary>
    public bool? IsBest { get; init; }

    /// <summary>Whether it is not distinguishable from the best one; null without a comparison.</summary>
    public bool? MayBeBest { get; init; }

    /// <summary>Why it is not compared with the best; null when it is.</summary>
    public string? NoBest { get; init; }
}
