using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>What commands that list something of an app have in common: options, a table, JSON instead of it.</summary>
internal static class Listing
{
    private const int MinColumnWidth = 8;

    /// <summary>Creates a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="filters">The API's parameters that are options of it.</param>
    /// <param name="read">Asks the app, with the filters' values; those that are not given are null.</param>
    /// <param name="print">Prints what it answered.</param>
    public static Command Create<TPage>(
        string name,
        string description,
        IReadOnlyList<string> filters,
        Func<EvaluationApi, IEnumerable<KeyValuePair<string, string?>>, CancellationToken, Task<TPage>> read,
        Action<TPage> print
    )
    {
        var options = filters.ToDictionary(
            filter => filter,
            filter => new Option<string?>("--" + filter)
            {
                Description = $"As the API's parameter {filter}.",
                HelpName = filter.ToUpperInvariant(),
            }
        );
        var api = new ApiOptions();
        var command = new Command(name, description);
        foreach (var option in options.Values)
        {
            command.Add(option);
        }

        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var values = options.Select(option => KeyValuePair.Create(option.Key, parsed.GetValue(option.Value)));
                var page = await read(client, values, cancellationToken);
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(page, ResultJson.Indented));
                }
                else
                {
                    print(page);
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    /// <summary>Prints a table.</summary>
    /// <param name="console">Where.</param>
    /// <param name="columns">The columns' names, and what they show of a row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="continuation">What asks for the next page; null behind the last.</param>
    public static void PrintTable<TRow>(
        IAnsiConsole console,
        IReadOnlyList<(string Name, Func<TRow, string?> ValueOf)> columns,
        IEnumerable<TRow> rows,
        string? continuation = null
    )
    {
        // The first column says which one it is, and is never cut; those behind the third are left out where there is no room.
        var table = new FittedTable(
            console,
            [.. columns.Select((column, index) => new FittedColumn(column.Name, index == 0 ? null : MinColumnWidth, index > 2 ? index : 0))]
        );
        foreach (var row in rows)
        {
            table.Add([.. columns.Select(column => new FittedCell(column.ValueOf(row) ?? ""))]);
        }

        table.Print();
        if (continuation is not null)
        {
            console.Profile.Out.Writer.WriteLine($"More: --continuation {continuation}");
        }
    }
}
