namespace FunctionsEval.Core.Results;

/// <summary>
/// One number of a run: a metric of one model over one slice and, for the candidate, beside the baseline's. It is the same in
/// <c>summary.json</c>, in the table <c>EvaluationMetrics</c> and over HTTP.
/// </summary>
public sealed record MetricValue
{
    /// <summary>"candidate" or "baseline".</summary>
    public required string Role { get; init; }

    /// <summary>Name of the number, for example <c>f1_macro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The slice, "all" for every sample, otherwise <c>tag=value</c>.</summary>
    public required string Slice { get; init; }

    /// <summary>The number; null when it is undefined.</summary>
    public double? Value { get; init; }

    /// <summary>Why <see cref="Value"/> is null.</summary>
    public string? Undefined { get; init; }

    /// <summary>Lower bound of the interval.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the interval.</summary>
    public double? Upper { get; init; }

    /// <summary>How the interval was computed: <c>wilson</c>, <c>bootstrap</c> or <c>rule_of_three</c>; null without one.</summary>
    public string? Interval { get; init; }

    /// <summary>Why the number has no interval; null when it has one, or is itself undefined.</summary>
    public string? NoInterval { get; init; }

    /// <summary>Samples the number rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>Standard deviation (n − 1) of the number over the repeats; null where each sample is answered once.</summary>
    public double? NoiseFloor { get; init; }

    /// <summary>Whether more is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Candidate − baseline over the samples scored for both.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower bound of the difference's paired interval.</summary>
    public double? DifferenceLower { get; init; }

    /// <summary>Upper bound of the difference's paired interval.</summary>
    public double? DifferenceUpper { get; init; }

    /// <summary>
    /// How the difference's interval was computed: <c>tango</c>, <c>bootstrap_t</c> or <c>rule_of_three</c>; null without one.
    /// </summary>
    public string? DifferenceInterval { get; init; }

    /// <summary>Why the difference has no interval; null when it has one, or there is no difference.</summary>
    public string? NoDifferenceInterval { get; init; }

    /// <summary>Two-sided p-value of "no difference".</summary>
    public double? PValue { get; init; }

    /// <summary>
    /// The p-value after Holm's correction within the number's family: over the slices, over the labels, or over several headline numbers;
    /// null where there is no family.
    /// </summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>
    /// Whether the p-values are upper bounds, to be read as "at most": the bootstrap cannot give less. Null where they are not.
    /// </summary>
    public bool? PValueIsBound { get; init; }

    /// <summary>The number's role in the comparison; null for the baseline's and where nothing is compared.</summary>
    public MetricKind? Kind { get; init; }

    /// <summary>What the difference says; null where it has no p-value and for numbers that decide nothing.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>The test behind the p-value: <see cref="PValueText.ExactTest"/> or <see cref="PValueText.BootstrapTest"/>.</summary>
    public string? Test { get; init; }

    /// <summary>Samples only the candidate got right.</summary>
    public long? Gained { get; init; }

    /// <summary>Samples only the baseline got right.</summary>
    public long? Lost { get; init; }

    /// <summary>
    /// The candidate whose number it is, among the numbers of a group; null for any other run. The difference's interval and
    /// <see cref="AdjustedPValue"/> then hold for all candidates together.
    /// </summary>
    public string? Candidate { get; init; }

    /// <summary>Lower bound of the candidate's difference from the best of the others; null without one.</summary>
    public double? BestLower { get; init; }

    /// <summary>Upper bound of the candidate's difference from the best of the others; null without one.</summary>
    public double? BestUpper { get; init; }

    /// <summary>Whether the candidate is not distinguishable from the best one; null without a comparison.</summary>
    public bool? MayBeBest { get; init; }

    /// <summary>The definition the number follows, in the reference tool's notation where it has one.</summary>
    public required string Signature { get; init; }
}
