using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>list</c>: runs, latest first.</summary>
internal static class ListCommand
{
    private static readonly string[] Filters = ["model", "dataset", "suite", "status", "verdict", "group", "size", "continuation"];

    private static readonly (string Name, Func<Run, string?> ValueOf)[] Columns =
    [
        ("runId", run => run.RunId),
        ("status", run => run.Status.ToString()),
        ("verdict", run => run.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null),
        ("dataset", run => run.Dataset),
        ("model", run => run.IsGroup ? $"{run.Model} and {run.Candidates.Count - 1} more" : run.Model),
        ("baseline", run => run.Baseline),
        ("started", run => run.Started is { } started ? JsonSerializer.SerializeToElement(started).GetString() : null),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console) =>
        Listing.Create(
            "list",
            "List runs, latest first.",
            Filters,
            (client, filters, cancellationToken) => client.ListAsync(filters, cancellationToken),
            page => Listing.PrintTable(console, Columns, page.Runs, page.Continuation)
        );
}
