using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring;

/// <summary>The model that a number belongs to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelRole>))]
public enum ModelRole
{
    /// <summary>The model under test.</summary>
    [JsonStringEnumMemberName(Roles.Candidate)]
    Candidate,

    /// <summary>The model it is compared with.</summary>
    [JsonStringEnumMemberName(Roles.Baseline)]
    Baseline,
}

/// <summary>How an interval was computed.</summary>
public enum IntervalMethod
{
    /// <summary>There is no interval.</summary>
    None,

    /// <summary>Wilson's score interval of a proportion.</summary>
    Wilson,

    /// <summary>Bias-corrected percentiles of Bayesian-bootstrap replicates.</summary>
    Bootstrap,

    /// <summary>Tango's score interval of a paired difference of proportions.</summary>
    Tango,

    /// <summary>Student's interval with the standard deviation of Bayesian-bootstrap replicates.</summary>
    BootstrapT,

    /// <summary>All samples behave alike; the interval is by how many could behave otherwise and yet not have been seen.</summary>
    RuleOfThree,
}

/// <summary>How a p-value was computed.</summary>
public enum PairedTest
{
    /// <summary>There is no p-value.</summary>
    None,

    /// <summary>McNemar's exact test on the samples that only one of the two models got right.</summary>
    McNemarExact,

    /// <summary>Student's t, two-sided, with the standard deviation of the replicates' paired differences.</summary>
    BootstrapT,
}

/// <summary>Why a number is missing.</summary>
public enum UndefinedReason
{
    /// <summary>It is not missing.</summary>
    None,

    /// <summary>No sample was scored (or, for a difference, none by both models).</summary>
    NoSample,

    /// <summary>The definition divides by zero for these samples.</summary>
    DivisionByZero,

    /// <summary>The number is infinite or too large for a double.</summary>
    Infinite,

    /// <summary>Fewer than half of the bootstrap replicates gave a finite number, or fewer than 40.</summary>
    TooFewReplicates,

    /// <summary>There are more slices than are given intervals.</summary>
    TooManySlices,

    /// <summary>There are more samples than bootstrap intervals of a ranking metric are computed for.</summary>
    TooManySamples,

    /// <summary>So few samples that no interval would cover.</summary>
    TooFewSamples,

    /// <summary>So few samples a label that no interval of a mean over labels, of a label's F_β or of a ranking would cover.</summary>
    TooFewPerLabel,

    /// <summary>
    /// Too few of the samples that were scored for both models have what the metric needs, such as a judge's grade, to compare them.
    /// </summary>
    TooFewMeasured,

    /// <summary>No known interval of this number covers.</summary>
    NoMethodCovers,

    /// <summary>Every sample gives the same, and the number has no bounds that an interval could be reckoned from.</summary>
    NoVariation,

    /// <summary>The spec asks for no replicates, or the metric has no intervals.</summary>
    NotRequested,
}

/// <summary>One number of one model over one slice.</summary>
public sealed record MetricResult
{
    /// <summary>The model that a number belongs to.</summary>
    public required ModelRole Role { get; init; }

    /// <summary>Name of the metric in the catalogue.</summary>
    public required string Metric { get; init; }

    /// <summary>What the number is called and which way is better.</summary>
    public required MetricValueDefinition Definition { get; init; }

    /// <summary>The slice; <see cref="MetricReport.AllSamples"/> for the whole dataset.</summary>
    public required string Slice { get; init; }

    /// <summary>The number; null when it is undefined.</summary>
    public required double? Value { get; init; }

    /// <summary>Why <see cref="Value"/> is null.</summary>
    public UndefinedReason ValueMissing { get; init; }

    /// <summary>Lower bound of the interval; null when there is none.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the interval; null when there is none.</summary>
    public double? Upper { get; init; }

    /// <summary>How the interval was computed.</summary>
    public IntervalMethod Interval { get; init; }

    /// <summary>Why there is no interval.</summary>
    public UndefinedReason IntervalMissing { get; init; }

    /// <summary>How many samples the number rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>The metric's signature.</summary>
    public required string Signature { get; init; }
}

/// <summary>The candidate's number beside the baseline's, over the samples of a slice that were scored for both.</summary>
public sealed record PairedDifference
{
    /// <summary>Name of the metric in the catalogue.</summary>
    public required string Metric { get; init; }

    /// <summary>What the number is called and which way is better.</summary>
    public required MetricValueDefinition Definition { get; init; }

    /// <summary>The slice; <see cref="MetricReport.AllSamples"/> for the whole dataset.</summary>
    public required string Slice { get; init; }

    /// <summary>The candidate's number over the shared samples; null when undefined.</summary>
    public required double? Candidate { get; init; }

    /// <summary>The baseline's number over the shared samples; null when undefined.</summary>
    public required double? Baseline { get; init; }

    /// <summary>Candidate − baseline; null when either is undefined.</summary>
    public required double? Difference { get; init; }

    /// <summary>Why <see cref="Difference"/> is null.</summary>
    public UndefinedReason DifferenceMissing { get; init; }

    /// <summary>Lower bound of the difference's paired interval; null when there is none.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper bound of the difference's paired interval; null when there is none.</summary>
    public double? Upper { get; init; }

    /// <summary>How the interval was computed.</summary>
    public IntervalMethod Interval { get; init; }

    /// <summary>Why there is no interval.</summary>
    public UndefinedReason IntervalMissing { get; init; }

    /// <summary>Two-sided p-value of "no difference"; null when there is none.</summary>
    public double? PValue { get; init; }

    /// <summary>
    /// <see cref="PValue"/> after Holm's correction over the slices (the whole dataset apart); null for the whole dataset.
    /// </summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>How <see cref="PValue"/> was computed.</summary>
    public PairedTest Test { get; init; }

    /// <summary>For a proportion: samples that the candidate got right and the baseline wrong; null otherwise.</summary>
    public long? Gained { get; init; }

    /// <summary>For a proportion: samples that the baseline got right and the candidate wrong; null otherwise.</summary>
    public long? Lost { get; init; }

    /// <summary>How many samples were scored for both.</summary>
    public required long Samples { get; init; }

    /// <summary>The metric's signature.</summary>
    public required string Signature { get; init; }
}

/// <summary>What a <see cref="Scoreboard"/> found.</summary>
public sealed record MetricReport
{
    /// <summary>The slice that holds every sample.</summary>
    public const string AllSamples = SliceNames.All;

    /// <summary>Every number: by role, then slice (the whole dataset first, then ordinal order), then metric.</summary>
    public required IReadOnlyList<MetricResult> Results { get; init; }

    /// <summary>Every comparison, by slice, then metric; empty without a baseline.</summary>
    public required IReadOnlyList<PairedDifference> Comparisons { get; init; }

    /// <summary>The tables of the metrics that yield one, by role, then slice, then metric.</summary>
    public required IReadOnlyList<ScoredTable> Tables { get; init; }

    /// <summary>
    /// The labels of the metric that looks at the most of them, and those without a sample; none where no sample was scored.
    /// </summary>
    public LabelUse Labels { get; init; } = LabelUse.None;

    /// <summary>The warnings of metrics and slices, each once.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
