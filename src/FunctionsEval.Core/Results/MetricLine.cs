using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>One number of a summary: a metric of one model over one slice and, for the candidate, beside the baseline's.</summary>
public sealed record MetricLine
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

    /// <summary>What the number is to the comparison; null for the baseline's and where nothing is compared.</summary>
    public MetricKind? Kind { get; init; }

    /// <summary>What the difference says; null where it has no p-value and for numbers that decide nothing.</summary>
    public MetricReading? Reading { get; init; }

    /// <summary>The test behind the p-value: <see cref="PValueText.ExactTest"/> or <see cref="PValueText.BootstrapTest"/>.</summary>
    public string? Test { get; init; }

    /// <summary>Samples only the candidate got right.</summary>
    public long? Gained { get; init; }

    /// <summary>Samples only the baseline got right.</summary>
    public long? Lost { get; init; }

    /// <summary>The definition the number follows, in the reference tool's notation where it has one.</summary>
    public required string Signature { get; init; }

    /// <summary>The lines of a report, in its order.</summary>
    public static IReadOnlyList<MetricLine> Of(MetricReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var noise = NoiseOf(report);
        var comparisons = report.Comparisons.ToDictionary(comparison => (comparison.Metric, comparison.Definition.Name, comparison.Slice));
        return
        [
            .. report.Results.Select(result =>
                Of(
                    result,
                    result.Role == ModelRole.Candidate
                        ? comparisons.GetValueOrDefault((result.Metric, result.Definition.Name, result.Slice))
                        : null
                ) with
                {
                    NoiseFloor =
                        result.Slice == MetricReport.AllSamples
                        && noise.TryGetValue((result.Role, result.Metric, result.Definition.Name), out var deviation)
                            ? deviation
                            : null,
                }
            ),
        ];
    }

    /// <summary>How much each number varies over the repeats, where all of them have it.</summary>
    private static Dictionary<(ModelRole Role, string Metric, string Name), double> NoiseOf(MetricReport report) =>
        report
            .Results.Where(result => result.Slice.StartsWith("repeat=", StringComparison.Ordinal))
            .GroupBy(result => (result.Role, result.Metric, result.Definition.Name))
            .Where(repeats => repeats.Count() > 1 && repeats.All(result => result.Value is not null))
            .ToDictionary(
                repeats => repeats.Key,
                repeats =>
                {
                    var mean = repeats.Average(result => result.Value!.Value);
                    return Math.Sqrt(repeats.Sum(result => Math.Pow(result.Value!.Value - mean, 2)) / (repeats.Count() - 1));
                }
            );

    private static MetricLine Of(MetricResult result, MetricComparison? comparison) =>
        new()
        {
            Role = result.Role == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline,
            Name = result.Definition.Name,
            Slice = result.Slice,
            Value = result.Value,
            Undefined = result.Value is null ? NameOf(result.ValueMissing) : null,
            Lower = result.Lower,
            Upper = result.Upper,
            Interval = result.Interval switch
            {
                IntervalMethod.Wilson => "wilson",
                IntervalMethod.Bootstrap => "bootstrap",
                IntervalMethod.RuleOfThree => "rule_of_three",
                _ => null,
            },
            NoInterval = result.Value is null || result.IntervalMissing == UndefinedReason.None ? null : NameOf(result.IntervalMissing),
            Samples = result.Samples,
            HigherIsBetter = result.Definition.HigherIsBetter,
            Difference = comparison?.Difference,
            DifferenceLower = comparison?.Lower,
            DifferenceUpper = comparison?.Upper,
            DifferenceInterval = comparison?.Interval switch
            {
                IntervalMethod.Tango => "tango",
                IntervalMethod.BootstrapT => "bootstrap_t",
                IntervalMethod.RuleOfThree => "rule_of_three",
                _ => null,
            },
            NoDifferenceInterval =
                comparison?.Difference is null || comparison.IntervalMissing == UndefinedReason.None
                    ? null
                    : NameOf(comparison.IntervalMissing),
            PValue = comparison?.PValue,
            AdjustedPValue = comparison?.AdjustedPValue,
            Test = comparison?.Test switch
            {
                PairedTest.McNemarExact => PValueText.ExactTest,
                PairedTest.BootstrapT => PValueText.BootstrapTest,
                _ => null,
            },
            Gained = comparison?.Gained,
            Lost = comparison?.Lost,
            Signature = result.Signature,
        };

    private static string NameOf(UndefinedReason reason) =>
        reason switch
        {
            UndefinedReason.NoSample => "no_sample",
            UndefinedReason.DivisionByZero => "division_by_zero",
            UndefinedReason.Infinite => "infinite",
            UndefinedReason.TooFewReplicates => "too_few_replicates",
            UndefinedReason.TooManySlices => "too_many_slices",
            UndefinedReason.TooManySamples => "too_many_samples",
            UndefinedReason.TooFewSamples => "too_few_samples",
            UndefinedReason.TooFewPerLabel => "too_few_per_label",
            UndefinedReason.TooFewMeasured => "too_few_measured",
            UndefinedReason.NoMethodCovers => "no_method_covers",
            UndefinedReason.NoVariation => "no_variation",
            _ => "not_requested",
        };
}
