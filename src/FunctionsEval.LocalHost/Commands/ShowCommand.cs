using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>What of a run is shown, and how.</summary>
/// <param name="AsJson">Whether run and summary are printed as JSON.</param>
/// <param name="WithDetails">Whether the tables follow what is printed for a person.</param>
/// <param name="Dashboard">Where the dashboard will be; null for where the app is now.</param>
internal readonly record struct ShownParts(bool AsJson, bool WithDetails, Uri? Dashboard = null);

/// <summary><c>show RUN</c>: prints a run's result, or a suite run's.</summary>
internal static class ShowCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var (run, details, api) = (RunArgument.CreateOfAny(), DetailsOption.Create(), new ApiOptions());
        var command = new Command(
            "show",
            "Show the result of a run or a suite run. Ends with 0 for pass, 1 for fail, 2 for inconclusive or no gate, 3 for no result."
        )
        {
            run,
            details,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var (id, asJson) = (parsed.GetRequiredValue(run), parsed.GetValue(api.Json));
                return SuiteRuns.IsId(id)
                    ? await SuiteRuns.ShowAsync(client, id, asJson, console, cancellationToken)
                    : await PrintAsync(client, id, new ShownParts(asJson, parsed.GetValue(details)), console, cancellationToken);
            }
        );
        return command;
    }

    /// <summary>Reads a run's result and prints it.</summary>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> PrintAsync(
        EvaluationApi client,
        string runId,
        ShownParts parts,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var run = await client.GetRunAsync(runId, cancellationToken);
        var summary = await client.FindSummaryAsync(runId, cancellationToken);
        if (parts.AsJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { run = ElementOf(run), summary = ElementOf(summary) }, Json));
        }
        else
        {
            // An app of an earlier version has no overview; it follows from what there is.
            var overview = run.Status.HasEnded
                ? await client.FindOverviewAsync(runId, cancellationToken) ?? RunOverview.From(run, summary)
                : null;
            var page = parts.Dashboard is { } dashboard ? new Uri(dashboard, ApiPaths.PageOf(runId)) : client.PageOf(runId);
            new RunPrinter(console, TimeProvider.System).Print(run, summary, overview, page, parts.WithDetails);
        }

        return ExitCodes.FromRun(run);
    }

    /// <summary>What is published, as it is published; null for nothing.</summary>
    private static JsonElement? ElementOf<T>(T? published)
        where T : class => published is null ? null : JsonSerializer.SerializeToElement(published, ResultJson.Options);
}
