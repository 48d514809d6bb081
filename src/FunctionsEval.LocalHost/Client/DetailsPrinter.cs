using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Prints what stands behind an overview: the numbers in tables, outcomes, every rule and warning, and where everything lies.
/// </summary>
internal sealed class DetailsPrinter(IAnsiConsole console)
{
    /// <summary>Prints all of a run.</summary>
    public void Print(Run run, RunSummary? summary)
    {
        console.WriteLine();
        var groups = new CandidatesPrinter(console);
        if (summary is null)
        {
            groups.PrintRuns(run.Members ?? []);
            PrintTexts("Warnings", run.Warnings);
            return;
        }

        if (summary.Candidates is { } candidates)
        {
            groups.Print(candidates);
            groups.PrintRuns(run.Members ?? []);
        }
        else
        {
            PrintNumbers(summary.Metrics, summary.Models);
        }

        if (summary.BaselineRun is { } source)
        {
            console.WriteLine($"Baseline: {source}; its model was not called");
        }

        new FiguresPrinter(console).Print(run, summary);
        PrintTexts("Rules", [.. (summary.Verdict?.Rules ?? []).Select(rule => $"{Mark.Of(rule.Result).Text}: {rule.Reason}")]);
        PrintTexts("Warnings", summary.Warnings);
        PrintPrevious(summary);
        PrintPlaces(run);
    }

    /// <summary>The numbers over all samples; numbers that are equal are said to be so.</summary>
    public void PrintNumbers(IReadOnlyList<MetricValue> metrics, IReadOnlyDictionary<string, string> models)
    {
        var values = metrics.Where(value => value.Slice == MetricReport.AllSamples).ToList();
        var baseline = values.Where(value => value.Role == Roles.Baseline).ToDictionary(value => value.Name, StringComparer.Ordinal);
        var candidate = values.Where(value => value.Role == Roles.Candidate && MetricWords.Find(value.Name).Subject is null).ToList();
        var distinct = candidate.GroupBy(value => Sameness(value, baseline.GetValueOrDefault(value.Name))).ToList();
        var table = new FittedTable(
            console,
            [
                new("metric"),
                new(models.GetValueOrDefault(Roles.Candidate) ?? Roles.Candidate, 8),
                new("interval", Rank: 3),
                new(models.GetValueOrDefault(Roles.Baseline) ?? "", 8, Rank: 1),
                new("difference", Rank: 0),
                new("interval", Rank: 4),
                new("p", Rank: 2),
            ]
        );
        foreach (var value in distinct.Select(same => same.First()))
        {
            table.Add(CellsOf(value, baseline.GetValueOrDefault(value.Name)));
        }

        table.Print();
        foreach (var same in distinct.Where(same => same.Count() > 1))
        {
            PrintWrapped($"{same.First().Name} is also: {string.Join(", ", same.Skip(1).Select(value => value.Name))}");
        }

        PrintReasons(candidate, value => value.NoInterval, "No interval");
        PrintReasons(candidate, value => value.NoDifferenceInterval, "No interval of the difference");
        var others = metrics.Count(value => value.Role == Roles.Candidate) - candidate.Count;
        if (others > 0)
        {
            console.WriteLine($"{NumberText.Count(others)} more numbers of classes and slices: export RUN --format csv");
        }
    }

    private static FittedCell?[] CellsOf(MetricValue value, MetricValue? baseline)
    {
        var text = new NumberText(MetricWords.Find(value.Name).Unit);
        return
        [
            value.Name + (value.HigherIsBetter ? "" : " ↓"),
            value.Value is { } number ? text.Value(number, value.Lower, value.Upper) : value.Undefined?.Replace('_', ' '),
            value is { Lower: { } lower, Upper: { } upper } ? text.Interval(lower, upper) : null,
            baseline?.Value is { } other ? text.Value(other, baseline.Lower, baseline.Upper) : baseline?.Undefined?.Replace('_', ' '),
            value.Difference is { } difference ? text.Difference(difference, value.DifferenceLower, value.DifferenceUpper) : null,
            value is { DifferenceLower: { } from, DifferenceUpper: { } to } ? text.Bounds(from, to) : null,
            value.PValue is { } p ? PValueText.Format(p, value.PValueIsBound == true) : null,
        ];
    }

    /// <summary>What two numbers have in common that say the same on these samples.</summary>
    private static (string? Name, object Numbers) Sameness(MetricValue value, MetricValue? baseline) =>
        (
            value.Value is null ? value.Name : null,
            (
                value.Value,
                value.Lower,
                value.Upper,
                value.Difference,
                value.HigherIsBetter,
                baseline?.Value,
                baseline?.Lower,
                baseline?.Upper
            )
        );

    private void PrintReasons(List<MetricValue> values, Func<MetricValue, string?> reasonOf, string what)
    {
        foreach (var reason in values.Where(value => reasonOf(value) is not null).GroupBy(value => reasonOf(value)!.Replace('_', ' ')))
        {
            PrintWrapped($"{what}, {reason.Key}: {string.Join(", ", reason.Select(value => value.Name))}");
        }
    }

    private void PrintTexts(string title, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            console.WriteLine($"{title}:");
            foreach (var text in texts)
            {
                PrintWrapped(text, "  ");
            }
        }
    }

    /// <summary>How the run compares with the one before.</summary>
    private void PrintPrevious(RunSummary summary)
    {
        if (summary.Previous is not { } previous)
        {
            return;
        }

        if (previous.NotPaired is { } reason)
        {
            PrintWrapped($"Before: {previous.RunId}, not compared: {reason}");
            return;
        }

        if (previous.Pairing is { } pairing)
        {
            PrintWrapped(
                $"Before: {previous.RunId}; {NumberText.Count(pairing.Paired)} paired, {NumberText.Count(pairing.Changed)} changed, "
                    + $"{NumberText.Count(pairing.Added)} added, {NumberText.Count(pairing.Removed)} removed"
            );
        }

        console.WriteLine($"  compare {previous.RunId} {summary.RunId}");
    }

    private void PrintPlaces(Run run)
    {
        PrintWrapped($"Table: EvaluationRuns and EvaluationMetrics, PartitionKey {run.RunId}");
        PrintWrapped(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Blobs: runs/{run.RunId}/report.html, summary.json{(run.IsGroup ? "; each run has its own" : ", samples.jsonl, candidate/shards/")}"
            )
        );
    }

    private void PrintWrapped(string text, string indent = "")
    {
        foreach (var (index, line) in TextLayout.Wrap(TextLayout.Flat(text), console.Profile.Width - indent.Length - 3).Index())
        {
            console.WriteLine(indent + (index == 0 ? "" : "  ") + line);
        }
    }
}
