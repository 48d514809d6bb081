using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>What became of the samples, what it cost, and how many are in the training file.</summary>
internal static class OutcomesSection
{
    public static ReportSection Create(ReportSource source)
    {
        var summary = source.Summary;
        ReportBlock[] tables = [OutcomesOf(summary), UsageOf(summary)];
        return new ReportSection(
            "Outcomes and cost",
            summary.Leakage is { } leakage ? [.. tables, new Paragraph(Describe(leakage))] : tables
        );
    }

    private static Table OutcomesOf(RunSummary summary)
    {
        var counts = summary.Outcomes.Values;
        return new Table(
            Table.Named(["outcome", .. summary.Outcomes.Keys]),
            [
                .. OutcomeNames
                    .All.Where(outcome => counts.Any(role => role[outcome.Value] > 0))
                    .Select(outcome => new Row(outcome.Key, [.. counts.Select(role => (Cell)ReportText.Count(role[outcome.Value]))])),
                Shares("coverage", role => summary.Coverage.GetValueOrDefault(role)),
                Shares("unparsable, of those that count", role => summary.UnparsableRate.TryGetValue(role, out var share) ? share : null),
            ]
        );

        Row Shares(string name, Func<string, double?> shareOf) =>
            new(name, [.. summary.Outcomes.Keys.Select(role => (Cell)shareOf(role)?.ToString("0.0###", CultureInfo.InvariantCulture))]);
    }

    private static Table UsageOf(RunSummary summary)
    {
        var isAnyCached = summary.Usage.Values.Any(usage => usage.CachedInputTokens is not null);
        string[] cached = isAnyCached ? ["of them cached"] : [];
        return new Table(
            Table.Named(["calls", "prompt tokens", .. cached, "answer tokens", "cost"]),
            [
                .. summary.Usage.Select(caller => new Row(
                    caller.Key,
                    [
                        ReportText.Count(caller.Value.InputTokens),
                        .. isAnyCached ? [ReportText.Count(caller.Value.CachedInputTokens ?? 0)] : Array.Empty<Cell>(),
                        ReportText.Count(caller.Value.OutputTokens),
                        caller.Value.Cost?.ToString("0.####", CultureInfo.InvariantCulture) ?? "no prices",
                    ]
                )),
            ]
        );
    }

    private static string Describe(LeakageSummary leakage) =>
        leakage.Unchecked is { } why
            ? $"Not checked for leaked samples: {why}"
            : $"Found in the training file ({ReportText.Count(leakage.TrainingRows)} rows): "
                + $"{ReportText.Count(leakage.Exact)} samples with the same words, {ReportText.Count(leakage.Ngrams)} by most of their "
                + "n-grams. The slices leaked=yes and leaked=no give the scores.";
}
