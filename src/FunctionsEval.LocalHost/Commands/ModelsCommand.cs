using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Results;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>models</c>: the configured models, and when what is deployed behind them retires.</summary>
internal static class ModelsCommand
{
    private static readonly (string Name, Func<ModelState, string?> ValueOf)[] Columns =
    [
        ("name", model => model.Name),
        ("provider", model => model.Provider),
        ("host", model => model.Host),
        ("deployment", model => model.Deployment),
        ("model", model => model.Version is null ? model.Model : $"{model.Model} ({model.Version})"),
        ("sku", model => model.Sku),
        ("retires", RetirementOf),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var api = new ApiOptions();
        var command = new Command("models", "List the configured models, and when what is deployed behind them retires.");
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var page = await client.ModelsAsync(cancellationToken);
                if (parsed.GetValue(api.Json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(page, ResultJson.Indented));
                }
                else
                {
                    Print(page.Models, console);
                }

                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static void Print(IReadOnlyList<ModelState> models, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns([.. Columns.Select(column => column.Name)]);
        foreach (var model in models)
        {
            table.AddRow([.. Columns.Select(column => Markup.Escape(column.ValueOf(model) ?? ""))]);
        }

        console.Write(table);
        foreach (var model in models.Where(model => model.NotKnown is not null))
        {
            console.WriteLine($"{model.Name}: {model.NotKnown}");
        }
    }

    private static string? RetirementOf(ModelState model) =>
        model.Retires is { } date
            ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (model.RetirementStatus is { } status ? $" ({status})" : "")
            : null;
}
