using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Prints runs with their results: a line a run where there is room for it, as in a pipe, else two. A run's id is never cut, and comes
/// first in a pipe.
/// </summary>
internal sealed class RunListPrinter(IAnsiConsole console)
{
    /// <summary>Prints a page of runs.</summary>
    /// <param name="page">The page.</param>
    public void Print(RunPage page)
    {
        if (page is { Runs.Count: 0, Continuation: null })
        {
            console.WriteLine("No run matches.");
            return;
        }

        var table = TableOf(page.Runs);
        if (table.FitsWhenCut())
        {
            table.Print();
        }
        else
        {
            foreach (var run in page.Runs)
            {
                PrintRecord(run);
            }
        }

        if (page.Continuation is { } continuation)
        {
            console.Profile.Out.Writer.WriteLine($"More: --continuation {continuation}");
        }
    }

    private FittedTable TableOf(IReadOnlyList<Run> runs)
    {
        var table = new FittedTable(
            console,
            [
                new("run"),
                new("verdict"),
                new("started"),
                new("took", ToRight: true),
                new("cost", ToRight: true),
                new("dataset", 14),
                new("model", 14),
                new("started by", 10),
                new("result", 30),
            ]
        );
        foreach (var run in runs)
        {
            var mark = Mark.Of(run.Status, run.Verdict);
            table.Add(
                run.RunId,
                new FittedCell(mark.Text, mark.Colour),
                StartedOf(run),
                run.DurationText,
                run.CostText,
                run.Dataset,
                ModelsOf(run),
                SourceOf(run),
                ResultOf(run)
            );
        }

        return table;
    }

    /// <summary>A run in two lines: what came out, then which run it is.</summary>
    private void PrintRecord(Run run)
    {
        var mark = Mark.Of(run.Status, run.Verdict);
        var first = Join(run.Dataset, ModelsOf(run), ResultOf(run));
        var room = Math.Max(20, console.Profile.Width - TextLayout.WidthOf(mark.Text) - 3);
        console.MarkupLine($"[{mark.Colour}]{Markup.Escape(mark.Text)}[/]  {Markup.Escape(TextLayout.Fit(TextLayout.Flat(first), room))}");
        string?[] facts = [StartedOf(run), run.DurationText, run.CostText, SourceOf(run)];
        var rest = string.Join("  ", facts.Where(fact => fact is { Length: > 0 }));
        var left = Math.Max(1, console.Profile.Width - TextLayout.WidthOf(run.RunId) - 4);
        console.MarkupLine($"  {Markup.Escape(run.RunId)}  [grey]{Markup.Escape(TextLayout.Fit(rest, left))}[/]");
    }

    private static string Join(params IReadOnlyList<string?> parts) => string.Join(" · ", parts.Where(part => part is { Length: > 0 }));

    private static string ModelsOf(Run run)
    {
        var others = (run.Candidates.Count - 1).ToString(CultureInfo.InvariantCulture);
        var models = run.IsGroup ? $"{run.Model} and {others} more" : run.Model ?? "";
        return run.Baseline is { } baseline ? $"{models} vs {baseline}" : models;
    }

    private static string? SourceOf(Run run) => run.Source is { Length: > 0 } source ? SourceWords.TextOf(source) : null;

    /// <summary>The first number that decides and its change; of a run without a result why.</summary>
    private static string? ResultOf(Run run)
    {
        if (run.Status == RunStatus.Failed)
        {
            return run.ErrorMessage is { } message ? $"{run.ErrorCode}: {message}" : run.ErrorCode;
        }

        if (run.Headline is not { } number)
        {
            return run.Status is RunStatus.Cancelled or RunStatus.Partial ? run.ErrorMessage : null;
        }

        var change = number.DifferenceText is { } difference ? $" ({difference})" : "";
        return $"{number.Label} {number.Text}{change}";
    }

    /// <summary>When the run was reserved: for a person in their own time, for a program in UTC.</summary>
    private string? StartedOf(Run run) =>
        console.Profile.Out.IsTerminal
            ? run.Started?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            : run.Started?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
