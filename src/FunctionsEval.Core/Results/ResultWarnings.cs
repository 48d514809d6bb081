using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>
/// Warnings that follow from the numbers: few samples behind them, many answers that do not parse, labels that no sample has.
/// </summary>
internal static class ResultWarnings
{
    /// <summary>From this share of unparsable answers on, the form of the answers affects the numbers as much as their content.</summary>
    private const double ManyUnparsable = 0.05;

    /// <summary>Maximum number of labels that a sentence names.</summary>
    private const int LabelsNamed = 3;

    public static IReadOnlyList<string> From(
        MetricReport report,
        IReadOnlyDictionary<string, OutcomeCounts> outcomes,
        double leastCoverage
    ) =>
        [
            .. outcomes.Select(role => CoverageWarning(role.Key, role.Value, leastCoverage)).OfType<string>(),
            .. outcomes.Select(role => UnparsableWarning(role.Key, role.Value)).OfType<string>(),
            .. outcomes.Select(role => MeasuredWarning(role.Key, role.Value, report, leastCoverage)).OfType<string>(),
            .. report.Warnings,
            .. LabelWarnings(report.Labels),
        ];

    private static string? CoverageWarning(string role, OutcomeCounts counts, double leastCoverage) =>
        counts.Total > 0 && counts.Coverage < Math.Max(Gate.DefaultMinimumCoverage, leastCoverage)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Only {counts.Counted:N0} of {counts.Total:N0} samples of the {role} count in its numbers (coverage "
                    + $"{NumberText.Share(counts.Coverage, leastCoverage)}), so they say little of the "
                    + $"rest{(counts.Coverage < leastCoverage ? ", and no comparison rests on them" : "")}. "
                    + $"See the outcomes for why, and resume or repeat the run."
            )
            : null;

    private static string? UnparsableWarning(string role, OutcomeCounts counts) =>
        counts.UnparsableShare >= ManyUnparsable
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{counts.Unparsable:N0} of {counts.Counted:N0} answers of the {role} do not parse ({NumberText.Share(counts.UnparsableShare)}) "
                    + $"and count as wrong. Compare with the lenient reading, and mend the prompt, the answer's method or its aliases."
            )
            : null;

    /// <summary>
    /// Warns of numbers over far fewer samples than count. A metric without any sample has no number to warn of.
    /// </summary>
    private static string? MeasuredWarning(string role, OutcomeCounts counts, MetricReport report, double leastCoverage)
    {
        var few = report
            .Results.Where(number =>
                number.Slice == MetricReport.AllSamples
                && EnumNames<ModelRole>.NameOf(number.Role) == role
                && number.Samples > 0
                && number.Samples < Math.Max(Gate.DefaultMinimumCoverage, leastCoverage) * counts.Counted
            )
            .ToList();
        return few.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Numbers of {string.Join(", ", few.Select(number => number.Metric).Distinct(StringComparer.Ordinal))} rest on as few as "
                    + $"{few.Min(number => number.Samples):N0} of the {counts.Counted:N0} samples of the {role} that count: "
                    + $"the others lack what is needed, such as an answer that is a number, a grade or log probabilities. "
                    + $"See the coverages and the samples for why, and mend the prompt, the judge, or the metric's endpoint."
            );
    }

    private static IEnumerable<string> LabelWarnings(LabelUse labels)
    {
        var absent = labels.WithoutSamples;
        if (absent.Count == 0)
        {
            yield break;
        }

        var named = string.Join(", ", absent.Take(LabelsNamed).Select(label => $"'{label}'"));
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{absent.Count} of {labels.Count} labels have no sample ({named}{(absent.Count > LabelsNamed ? ", …" : "")}): "
                + $"macro averages are over the other {labels.Count - absent.Count}. "
                + $"Add samples of them, or give f1 the option all_labels to count each as 0."
        );
    }
}
