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
    public static Command Create(IAnsiConsole console)
    {
        var filters = Filters.ToDictionary(
            name => name,
            name => new Option<string?>("--" + name) { Description = $"As the API's parameter {name}.", HelpName = name.ToUpperInvariant() }
        );
        var api = new ApiOptions();
        var command = new Command("suites", "List suite runs, latest first, and suites that wait for datasets.");
        foreach (var filter in filters.Values)
        {
            command.Add(filter);
        }

        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var page = await client.ListSuitesAsync(
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

    private static void Print(SuitePage page, IAnsiConsole console)
    {
        foreach (var waiting in page.Waiting)
        {
            var what = waiting.Missing.Count > 0 ? string.Join(", ", waiting.Missing) : "the end of the uploads";
            console.WriteLine($"{waiting.Suite} waits for {what}.");
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns([.. Columns.Select(column => column.Name)]);
        foreach (var suite in page.Suites)
        {
            table.AddRow([.. Columns.Select(column => Markup.Escape(column.ValueOf(suite) ?? ""))]);
        }

        console.Write(table);
        if (page.Continuation is { } next)
        {
            console.WriteLine($"More: --continuation {next}");
        }
    }
}
