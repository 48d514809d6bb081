using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>suites</c>: suite runs, latest first.</summary>
internal static class SuitesCommand
{
    private static readonly string[] Filters = ["suite", "size", "continuation"];

    private static readonly (string Name, Func<SuiteRun, string?> ValueOf)[] Columns =
    [
        ("suiteRunId", suite => suite.SuiteRunId),
        ("status", suite => suite.Status.ToString()),
        ("verdict", suite => suite.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null),
        ("suite", suite => suite.Suite),
        ("model", suite => suite.Model),
        ("started", suite => suite.Started is { } started ? JsonSerializer.SerializeToElement(started).GetString() : null),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console) =>
        Listing.Create(
            "suites",
            "List suite runs, latest first, and suites that wait for datasets.",
            Filters,
            (client, filters, cancellationToken) => client.ListSuitesAsync(filters, cancellationToken),
            page => Print(page, console)
        );

    private static void Print(SuitePage page, IAnsiConsole console)
    {
        foreach (var waiting in page.Waiting)
        {
            var what = waiting.Missing.Count > 0 ? string.Join(", ", waiting.Missing) : "the end of the uploads";
            console.WriteLine($"{waiting.Suite} waits for {what}.");
        }

        if (page is { Suites.Count: 0, Continuation: null })
        {
            console.WriteLine("No suite run matches.");
            return;
        }

        Listing.PrintTable(console, Columns, page.Suites, page.Continuation);
    }
}
