using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>demo</c>: starts everything, uploads the sample suites, shows their results, and stops.</summary>
internal static class DemoCommand
{
    private const string Dataset = "test.jsonl";

    /// <summary>Suites that the demo leaves out, so that it stays short.</summary>
    private static readonly string[] LeftOut = ["multi-label", "preference", "regression"];

    /// <summary>The demo's own app is gone when its results are read; one that is started again answers there.</summary>
    private static readonly Uri AddressOfUp = new($"http://127.0.0.1:{LocalStackOptions.DefaultAppPort}");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("demo", "Evaluate the sample suites with the sample models, from dropped blob to verdict, and stop.");
        var data = new Option<string>("--data")
        {
            Description = "Where the storage emulator keeps its data. It is emptied first.",
            HelpName = "DIR",
            DefaultValueFactory = _ => ".functionseval/demo",
        };
        var details = DetailsOption.Create();
        command.Add(data);
        command.Add(details);
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed.GetRequiredValue(data),
                    new ShownParts(AsJson: false, parsed.GetValue(details), AddressOfUp),
                    console,
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(string data, ShownParts parts, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var starting = Stopwatch.StartNew();
        console.WriteLine("Starting Azurite, the sample models and the function app (the first time installs Azurite with npm) …");
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }

        await using var stack = await LocalStack.StartAsync(
            new LocalHostOptions
            {
                DataDirectory = data,
                Notice = console.WriteLine,
                LoggerProvider = new ConsoleLog(console, verbose: false),
            },
            Path.Combine(data, "instance.json"),
            withSampleModels: true,
            cancellationToken
        );
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Ready after {starting.Elapsed.TotalSeconds:0.0} s: app {stack.Host.AppUrl}, sample models {stack.SampleModelsUrl}"
            )
        );

        var uploader = new SuiteUploader(stack.Host.StorageConnectionString, console.WriteLine);
        var dropped = new List<DroppedDataset>();
        // Folders without a dataset of their own hold suites for models that are not here.
        foreach (
            var suite in Directory
                .EnumerateDirectories(RepositoryLayout.SamplesDirectory)
                .Where(suite => !LeftOut.Contains(Path.GetFileName(suite)) && File.Exists(Path.Combine(suite, Dataset)))
                .Order(StringComparer.Ordinal)
        )
        {
            var file = Path.Combine(suite, Dataset);
            dropped.Add(await uploader.DropAsync(file, Path.GetFileName(suite), cancellationToken));
            console.WriteLine($"Dropped {Path.GetRelativePath(Environment.CurrentDirectory, file)} as datasets/{dropped[^1].Name}");
        }

        using var api = new EvaluationApi(stack.Host.AppUrl);
        var ended = await new ProgressPrinter(console, TimeProvider.System).ShowAsync(report =>
            new RunFollower(api, PollingPauses.Local).FollowAsync(dropped, report, Patience, cancellationToken)
        );
        var codes = new List<int>();
        foreach (var run in ended)
        {
            codes.Add(await ShowCommand.PrintAsync(api, run.RunId!, parts, console, cancellationToken));
        }

        console.WriteLine();
        console.WriteLine($"All rows, answers and summaries are kept in {data}. The addresses above answer once it runs again:");
        // A command is copied as a line, whatever the width.
        console.Profile.Out.Writer.WriteLine($"  dotnet run --project src/FunctionsEval.LocalHost -- up --data {data}");
        // A suite whose few samples do not decide is part of the demo, not a failure of it.
        return ExitCodes.Worst(codes) is var worst and not ExitCodes.Inconclusive ? worst : ExitCodes.Pass;
    }
}
