using System.CommandLine;
using System.Globalization;
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
    public static Command Create(IAnsiConsole console) =>
        Listing.Create(
            "models",
            "List the configured models, and when what is deployed behind them retires.",
            filters: [],
            (client, _, cancellationToken) => client.ModelsAsync(cancellationToken),
            page => Print(page.Models, console)
        );

    private static void Print(IReadOnlyList<ModelState> models, IAnsiConsole console)
    {
        Listing.PrintTable(console, Columns, models);
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
