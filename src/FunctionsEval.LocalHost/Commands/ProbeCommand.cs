using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>probe MODEL</c>: asks a configured model small questions and shows what its endpoint can do.</summary>
internal static class ProbeCommand
{
    private const string DataDirectory = ".functionseval/probe";

    /// <summary>The names of a suite's spec.</summary>
    private static readonly string[] SpecNames = ["evaluation.json", "evaluation.yaml"];

    /// <summary>Longer than the app takes for a probe.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>What works by itself: it starts runs, or removes deployments. An app that was started for a probe must not.</summary>
    internal static readonly string[] SelfStarting =
    [
        "DatasetUploaded",
        "SweepDatasets",
        "ReconcileRuns",
        "ReconcileDatasets",
        "EventGridQueue",
        "PollFineTuneJobs",
        "SweepDeployments",
        "DrillRetirements",
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("MODEL") { Description = "A configured model's name, such as my-model or tuned/my-deployment." };
        var api = new ApiOptions();
        var settings = new SettingsOption();
        var spec = new Option<string?>("--spec")
        {
            Description = "A spec, or the folder of a suite: say whether the model can serve it.",
            HelpName = "SUITE_OR_FILE",
        };
        var command = new Command(
            "probe",
            "Ask a configured model a dozen small questions and show what its endpoint can do. Without --url, and where no 'up' runs, the app "
                + "is started for it. Ends with 0 where the model is usable (with --spec: for that spec), with 1 where it is not."
        )
        {
            model,
            spec,
            settings.Option,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var request = new ProbeRequest(parsed.GetRequiredValue(model), ReadSpec(parsed.GetValue(spec)), parsed.GetValue(api.Json));
                using var running = api.Find(parsed, Patience);
                if (running is not null)
                {
                    return await ProbeAsync(running, request, console, cancellationToken);
                }

                Terminal.Errors.WriteLine("Starting the app for the probe …");
                await using var stack = await StartAsync(settings.Read(parsed), cancellationToken);
                using var started = new EvaluationApi(stack.Host.AppUrl, timeout: Patience);
                return await ProbeAsync(started, request, console, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> ProbeAsync(
        EvaluationApi client,
        ProbeRequest request,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var printer = new ProbePrinter(console);
        var plan = await client.PlanProbeAsync(request.Model, cancellationToken);
        if (!request.AsJson)
        {
            printer.Print(plan);
        }

        var probe = await client.ProbeAsync(request.Model, request.Spec, cancellationToken);
        if (request.AsJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(probe, ResultJson.Indented));
        }
        else
        {
            printer.Print(probe);
        }

        return ExitCodes.FromProbe(probe);
    }

    /// <summary>A spec in its canonical form, which is JSON even where the file is YAML; null for none.</summary>
    private static JsonElement? ReadSpec(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var file = Directory.Exists(path)
            ? SpecNames.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
                ?? throw new LocalHostException($"{path}: the folder has no {string.Join(" or ", SpecNames)}.")
            : path;
        try
        {
            using var stream = File.OpenRead(file);
            using var document = JsonDocument.Parse(SpecReader.Canonical(SpecReader.Read(stream, Path.GetFileName(file))));
            return document.RootElement.Clone();
        }
        catch (SpecException invalid)
        {
            throw new LocalHostException($"{file}: {invalid.Message}", invalid);
        }
    }

    private static Task<LocalStack> StartAsync(Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        foreach (var function in SelfStarting)
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

    /// <summary>What is asked for.</summary>
    /// <param name="Model">The model's configured name.</param>
    /// <param name="Spec">The spec that it is to serve; null for none.</param>
    /// <param name="AsJson">Whether the result is printed as JSON.</param>
    private sealed record ProbeRequest(string Model, JsonElement? Spec, bool AsJson);
}
