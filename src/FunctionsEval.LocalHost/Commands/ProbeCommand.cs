using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>probe MODEL</c>: asks a configured model small questions and shows what its endpoint can do.</summary>
internal static class ProbeCommand
{
    private const string DataDirectory = ".functionseval/probe";

    /// <summary>Longer than the app takes for a probe.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>What starts runs by itself, which an app that was started for a probe must not.</summary>
    private static readonly string[] Starters =
    [
        "DatasetUploaded",
        "SweepDatasets",
        "ReconcileRuns",
        "ReconcileDatasets",
        "PollFineTuneJobs",
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "A configured model's name, such as my-model or tuned/my-deployment." };
        var api = new ApiOptions();
        var settings = new SettingsOption();
        var command = new Command(
            "probe",
            "Ask a configured model a dozen small questions and show what its endpoint can do. Without --url, and where no 'up' runs, the app "
                + "is started for it. Ends with 0 where the model is usable, with 1 where it is not."
        )
        {
            model,
            settings.Option,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var name = parsed.GetRequiredValue(model);
                var asJson = parsed.GetValue(api.Json);
                using var running = api.Find(parsed, Patience);
                if (running is not null)
                {
                    return await ProbeAsync(running, name, asJson, console, cancellationToken);
                }

                Terminal.Errors.WriteLine("Starting the app for the probe …");
                await using var stack = await StartAsync(settings.Read(parsed), cancellationToken);
                using var started = new EvaluationApi(stack.Host.AppUrl, timeout: Patience);
                return await ProbeAsync(started, name, asJson, console, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> ProbeAsync(
        EvaluationApi client,
        string model,
        bool asJson,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var printer = new ProbePrinter(console);
        var plan = await client.PlanProbeAsync(model, cancellationToken);
        if (!asJson)
        {
            printer.Print(plan);
        }

        var probe = await client.ProbeAsync(model, cancellationToken);
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(probe, ResultJson.Indented));
        }
        else
        {
            printer.Print(probe);
        }

        return ExitCodes.FromProbe(probe);
    }

    private static Task<LocalStack> StartAsync(Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        foreach (var function in Starters)
        {
            settings[$"AzureWebJobs.{function}.Disabled"] = "true";
        }

        return LocalStack.StartAsync(
            new LocalHostOptions
            {
                DataDirectory = DataDirectory,
                Settings = settings,
                LocalSettingsFile = LocalStackOptions.FindLocalSettings(),
                Notice = Terminal.Errors.WriteLine,
            },
            Path.Combine(DataDirectory, "instance.json"),
            withSampleModels: true,
            cancellationToken
        );
    }
}
