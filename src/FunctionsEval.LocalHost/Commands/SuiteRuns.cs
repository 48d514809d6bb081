using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>What <c>run</c>, <c>show</c> and <c>watch</c> do with suites.</summary>
internal static class SuiteRuns
{
    /// <summary>Whether an argument is a suite run's id.</summary>
    public static bool IsId(string id) => id.StartsWith(RunId.SuitePrefix, StringComparison.Ordinal);

    /// <summary>Uploads the datasets of a folder, starts the suite, waits for its verdict and prints it.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="suite">The suite that it becomes.</param>
    /// <param name="start">The model and the attempt that are asked for.</param>
    /// <param name="instance">The app.</param>
    /// <param name="console">Where it is printed.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> RunAsync(
        string directory,
        string suite,
        SuiteStartOptions start,
        LocalInstance instance,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var uploader = new SuiteUploader(instance.StorageConnectionString, console.WriteLine);
        foreach (var (file, folder) in SuiteFiles.Find(directory))
        {
            var dropped = await uploader.DropAsync(file, folder.Length == 0 ? suite : $"{suite}/{folder}", cancellationToken);
            console.WriteLine($"Uploaded as datasets/{dropped.Name}");
        }

        using var api = new EvaluationApi(instance.AppUrl);
        var id = await api.StartSuiteAsync(suite, start, cancellationToken);
        var ended = await new SuiteFollower(api, PollingPauses.Local, console.WriteLine).FollowAsync(id, cancellationToken);
        return Print(ended, asJson: false, api, console);
    }

    /// <summary>Reads a suite run and prints it.</summary>
    /// <returns>The command's exit code.</returns>
    public static async Task<int> ShowAsync(
        EvaluationApi client,
        string suiteRunId,
        bool asJson,
        IAnsiConsole console,
        CancellationToken cancellationToken
    ) => Print(await client.GetSuiteAsync(suiteRunId, cancellationToken), asJson, client, console);

    private static int Print(SuiteRun suite, bool asJson, EvaluationApi client, IAnsiConsole console)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(suite, ResultJson.Indented));
        }
        else
        {
            new SuitePrinter(console).Print(suite, client.PageOf(suite.SuiteRunId));
        }

        return ExitCodes.FromSuite(suite);
    }
}
