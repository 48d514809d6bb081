using System.CommandLine;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>list</c>: runs with their results, latest first.</summary>
internal static class ListCommand
{
    private static readonly string[] Filters = ["model", "dataset", "suite", "status", "verdict", "group", "size", "continuation"];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console) =>
        Listing.Create(
            "list",
            "List runs, latest first.",
            Filters,
            (client, filters, cancellationToken) => client.ListAsync(filters, cancellationToken),
            page => new RunListPrinter(console).Print(page)
        );
}
