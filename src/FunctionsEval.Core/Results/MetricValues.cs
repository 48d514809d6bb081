using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>The numbers of a scoreboard's report as they are published.</summary>
public static class MetricValues
{
    /// <summary>The numbers of a report, in its order.</summary>
    public static IReadOnlyList<MetricValue> From(MetricReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var noise = NoiseOf(report);
        var comparisons = report.Comparisons.ToDictionary(comparison => (comparison.Metric, comparison.Definition.Name, comparison.Slice));
        return
        [
            .. report.Results.Select(result =>
                From(
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
            .Results.Where(result => SliceNames.IsOfRepeat(result.Slice))
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

    private static MetricValue From(MetricResult result, PairedDifference? comparison) =>
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

    /// <summary>A reason's written name.</summary>
    internal static string NameOf(UndefinedReason reason) =>
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
