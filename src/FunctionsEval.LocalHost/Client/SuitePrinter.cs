using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a suite run: the verdict and why, its candidates, and its datasets by tier.</summary>
internal sealed class SuitePrinter(IAnsiConsole console)
{
    private const int MaxLines = 12;

    /// <summary>Prints a suite run.</summary>
    /// <param name="suite">The suite run.</param>
    /// <param name="page">Where the dashboard shows it.</param>
    public void Print(SuiteRun suite, Uri page)
    {
        console.WriteLine();
        PrintVerdict(suite);
        var table = new FittedTable(
            console,
            [
                new("", 4),
                new("tier", Rank: 3),
                new("dataset", 16),
                new("number", 10, Rank: 2),
                new("value"),
                new("samples", Rank: 1, ToRight: true),
                new("run", Rank: 4),
            ]
        )
        {
            Indent = 2,
        };
        foreach (var dataset in (suite.Datasets ?? []).OrderBy(dataset => dataset.Tier))
        {
            table.Add(CellsOf(suite, dataset));
        }

        table.Print();
        console.Profile.Out.Writer.WriteLine($"  {page.AbsoluteUri}");
    }

    private static FittedCell?[] CellsOf(SuiteRun suite, SuiteDataset dataset)
    {
        var mark = dataset.Status is { } status ? Mark.Of(status, dataset.Verdict) : new Mark("✗", dataset.ErrorCode ?? "missing", "red");
        var number = dataset.Headline;
        var words = number is null ? null : MetricWords.Find(number.Name);
        return
        [
            new FittedCell(mark.Text, mark.Colour),
            SuiteTierNames.NameOf(dataset.Tier),
            dataset.ToEntry(suite.Suite).Dataset,
            words?.In(number!.Slice),
            number?.Value is { } value ? new NumberText(words!.Unit).Value(value, number.Lower, number.Upper) : null,
            dataset.Samples is { } samples ? NumberText.Count(samples) : null,
            dataset.RunId,
        ];
    }

    private void PrintVerdict(SuiteRun suite)
    {
        var lines = new LineBudget(console, MaxLines);
        var mark = Mark.Of(suite.Status, suite.Verdict);
        lines.Add(0, $"{mark.Word.ToUpperInvariant()} {suite.Name ?? suite.Suite}", mark.Sign, mark.Colour, $"bold {mark.Colour}");
        if (suite is { ErrorCode: { } code, ErrorMessage: var message })
        {
            var isFault = suite.Status == RunStatus.Failed;
            lines.Add(0, isFault ? $"{code}: {message}" : message ?? code, style: isFault ? "red" : null, maxLines: 4);
        }

        foreach (var reason in suite.VerdictReasons.OrderBy(reason => reason.Result == VerdictResult.Pass))
        {
            var said = Mark.Of(reason.Result);
            lines.Add(reason.Result == VerdictResult.Pass ? 3 : 1, reason.Reason, said.Sign, said.Colour);
        }

        foreach (var candidate in suite.Candidates ?? [])
        {
            var said = candidate.Verdict is { } one ? Mark.Of(one) : new Mark("•", "no verdict", "grey");
            lines.Add(2, $"{candidate.Model}: {said.Word}{(candidate.WhyNot is { } why ? $", {why}" : "")}", said.Sign, said.Colour);
        }

        foreach (var warning in suite.Warnings)
        {
            lines.Add(2, warning, "!", "yellow");
        }

        lines.Print();
    }
}
