using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>Sums up how a run compares with the previous one.</summary>
internal static class PreviousSummaries
{
    /// <summary>
    /// The summary with the comparison with the previous run, and the warning of what got worse: first, since a notification has room for a
    /// few.
    /// </summary>
    /// <param name="summary">The summary.</param>
    /// <param name="previous">The comparison; null where there is no previous run.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static RunSummary With(this RunSummary summary, PreviousSummary? previous, string currency)
    {
        var compared = summary with { Previous = previous };
        return PreviousWarning.From(compared, currency) is { } warning
            ? compared with
            {
                Warnings = [warning, .. summary.Warnings],
            }
            : compared;
    }

    /// <summary>What a paired comparison says.</summary>
    public static PreviousSummary With(this PreviousSummary previous, RunPairing pairing, int replicates)
    {
        var known = pairing.Lines.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        var recalls = MetricReadings.Apply(pairing.Recalls, new HashSet<(string Name, string Slice)>(), replicates);
        List<MetricValue> all = [.. pairing.Lines, .. recalls.Where(recall => !known.Contains(recall.Name))];
        var before = all.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        List<MetricValue> now = [.. all.Where(line => line.Role == Roles.Candidate)];
        MetricComparison NumberOf(MetricValue line) => MetricComparison.From(line, before.GetValueOrDefault((line.Name, line.Slice)));
        return previous with
        {
            Undecided = pairing.Undecided,
            Pairing = pairing.Counts,
            Flips = pairing.Flips,
            NoClearChange = now.Count(line =>
                line.Slice == MetricReport.AllSamples
                && line.Name.StartsWith("recall[", StringComparison.Ordinal)
                && line.Reading == MetricReading.NoClearDifference
            ),
            Headline = [.. now.Where(line => line.Kind == MetricKind.Headline).Select(NumberOf)],
            Fell =
            [
                .. now.Where(line => line.Reading is MetricReading.Worse or MetricReading.ToLookAt && MetricReadings.GainOf(line) < 0)
                    .OrderBy(line => line.Kind == MetricKind.Headline ? 0 : 1)
                    .ThenBy(MetricReadings.GainOf)
                    .ThenBy(line => line.Name, StringComparer.Ordinal)
                    .ThenBy(line => line.Slice, StringComparer.Ordinal)
                    .Select(NumberOf),
            ],
        };
    }
}
