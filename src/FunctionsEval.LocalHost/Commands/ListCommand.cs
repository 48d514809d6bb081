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
    public static Command Create(IAnsiConsole console)
    {
        var filters = Filters.ToDictionary(
            name => name,
            name => new Option<string?>("--" + name) { Description = $"As the API's parameter {name}.", HelpName = name.ToUpperInvariant() }
        );
        var api = new ApiOptions();
        var command = new Command("list", "List runs, latest first.");
        foreach (var filter in filters.Values)
        {
            command.Add(filter);
        }

        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var page = await client.ListAsync(
                    filters.Select(filter => KeyValuePair.Create(filter.Key, parsed.GetValue(filter.Value))),
                    cancellationToken
                );
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(page, ResultJson.Indented));
                }
                else
                {
                    Print(page, console);
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static void Print(RunPage page, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns([.. Columns.Select(column => column.Name)]);
        foreach (var run in page.Runs)
        {
            table.AddRow([.. Columns.Select(column => Markup.Escape(column.ValueOf(run) ?? ""))]);
        }

        console.Write(table);
        if (page.Continuation is { } next)
        {
            console.WriteLine($"More: --continuation {next}");
        }
    }
}
