using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

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
        var (run, api) = (RunArgument.CreateOfAny(), new ApiOptions());
        var command = new Command(
            "show",
            "Show the result of a run or a suite run. Ends with 0 for pass, 1 for fail, 2 for inconclusive or no gate, 3 for no result."
        )
        {
            run,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var (id, asJson) = (parsed.GetRequiredValue(run), parsed.GetValue(api.Json));
                return SuiteRuns.IsId(id)
                    ? await SuiteRuns.ShowAsync(client, id, asJson, console, cancellationToken)
                    : await PrintAsync(client, id, asJson, console, cancellationToken);
            }
        );
        return command;
    }

    /// <summary>Reads a run's result and prints it.</summary>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> PrintAsync(
        EvaluationApi client,
        string runId,
        bool asJson,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var run = await client.GetRunAsync(runId, cancellationToken);
        var summary = await client.FindSummaryAsync(runId, cancellationToken);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { run = ElementOf(run), summary = ElementOf(summary) }, Json));
        }
        else
        {
            new SummaryPrinter(console).Print(run, summary);
        }

        return ExitCodes.FromRun(run);
    }

    /// <summary>What is published, as it is published; null for nothing.</summary>
    private static JsonElement? ElementOf<T>(T? published)
        where T : class => published is null ? null : JsonSerializer.SerializeToElement(published, ResultJson.Options);
}
