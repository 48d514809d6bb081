using System.CommandLine;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>run FILE</c>: evaluates a dataset with a running instance and prints the result.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "The dataset. The evaluation.json beside it, and the training file that it names, are uploaded too.",
        };
        file.AcceptExistingOnly();
        var suite = new Option<string?>("--suite")
        {
            Description = "The suite (folder of the container) to upload to. Default: the name of the file's folder.",
            HelpName = "NAME",
        };
        var instance = new Option<string>("--instance")
        {
            Description = "The file in which 'up' records how to reach the app.",
            HelpName = "PATH",
            DefaultValueFactory = _ => InstanceFile.DefaultPath,
        };
        var command = new Command(
            "run",
            "Upload a dataset to the instance that 'up' started, wait for its evaluation, and print it. Ends as show does."
        )
        {
            file,
            suite,
            instance,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed.GetRequiredValue(file),
                    parsed.GetValue(suite),
                    parsed.GetRequiredValue(instance),
                    console,
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        FileInfo file,
        string? suite,
        string instancePath,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var instance =
            InstanceFile.Find(instancePath)
            ?? throw new LocalHostException(
                $"Nothing is running here: there is no {instancePath}. Start 'up' first, or name its file with --instance."
            );
        var dropped = await new SuiteUploader(instance.StorageConnectionString, console.WriteLine).DropAsync(
            file.FullName,
            suite ?? file.Directory!.Name,
            cancellationToken
        );
        console.WriteLine($"Uploaded as datasets/{dropped.Name}");

        using var api = new EvaluationApi(instance.AppUrl);
        var runId = await api.StartAsync(dropped.Name, cancellationToken);
        var ended = await new ProgressPrinter(console, TimeProvider.System).ShowAsync(report =>
            new RunFollower(api, RunFollower.LocalInterval).FollowAsync(
                [dropped with { RunId = runId }],
                report,
                Patience,
                cancellationToken
            )
        );
        return await ShowCommand.PrintAsync(api, ended[0].RunId!, asJson: false, console, cancellationToken);
    }
}
