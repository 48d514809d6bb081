using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a suite run: its datasets by tier, the verdict, and why.</summary>
internal sealed class SuitePrinter(IAnsiConsole console)
{
    public void Print(SuiteRun suite)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Markup.Escape(suite.Name ?? suite.Suite)}[/]");
        var table = new Table().Border(TableBorder.Simple).AddColumns("tier", "dataset", "verdict", "number", "value", "samples", "run");
        foreach (var dataset in (suite.Datasets ?? []).OrderBy(dataset => dataset.Tier))
        {
            table.AddRow([.. CellsOf(suite, dataset).Select(cell => Markup.Escape(cell ?? ""))]);
        }

        console.Write(table);
        PrintVerdict(suite);
        foreach (var warning in suite.Warnings)
        {
            console.MarkupLineInterpolated($"[yellow]Warning:[/]     {warning}");
        }

        console.WriteLine($"Suite run:   {suite.SuiteRunId}; runs/{suite.SuiteRunId}/report.html, summary.json");
    }

    private static IEnumerable<string?> CellsOf(SuiteRun suite, SuiteDataset dataset) =>
        [
            SuiteTierNames.NameOf(dataset.Tier),
            dataset.ToEntry(suite.Suite).Dataset,
            dataset.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : dataset.ErrorCode ?? dataset.Status?.ToString(),
            dataset.Headline?.Name,
            dataset.Headline?.Value?.ToString("0.0000", CultureInfo.InvariantCulture),
            dataset.Samples?.ToString(CultureInfo.InvariantCulture),
            dataset.RunId,
        ];

    private void PrintVerdict(SuiteRun suite)
    {
        if (suite.ErrorCode is { } code)
        {
            console.MarkupLineInterpolated($"[red]{suite.Status}[/] {code}: {suite.ErrorMessage}");
        }

        if (suite.Verdict is not { } verdict)
        {
            return;
        }

        var colour = verdict switch
        {
            VerdictResult.Pass => "green",
            VerdictResult.Fail => "red",
            _ => "yellow",
        };
        console.MarkupLine($"Verdict:     [bold {colour}]{VerdictNames.NameOf(verdict)}[/]");
        foreach (var reason in suite.VerdictReasons)
        {
            console.WriteLine($"  {VerdictNames.NameOf(reason.Result)}: {reason.Reason}");
        }

        foreach (var candidate in suite.Candidates ?? [])
        {
            var said = candidate.Verdict is { } one ? VerdictNames.NameOf(one) : "no verdict";
            console.WriteLine($"Candidate:   {candidate.Model}: {said}{(candidate.WhyNot is { } why ? $", {why}" : "")}");
        }
    }
}
