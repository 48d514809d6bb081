using System.CommandLine;
using FunctionsEval.LocalHost.Client;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>run FILE</c>: evaluates a dataset, or a folder of datasets, with a running instance and prints the result.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var file = new Argument<FileSystemInfo>("FILE")
        {
            Description =
                "The dataset, or a folder whose evaluation.json has the section suite, for one verdict over its datasets. "
                + "The evaluation.json beside a dataset, and the training file that it names, are uploaded too.",
        };
        file.AcceptExistingOnly();
        var suite = new Option<string?>("--suite")
        {
            Description = "The suite (folder of the container) to upload to. Default: the name of the file's folder, or of the folder.",
            HelpName = "NAME",
        };
        var instance = new Option<string>("--instance")
        {
            Description = "The file in which 'up' records how to reach the app.",
            HelpName = "PATH",
            DefaultValueFactory = _ => InstanceFile.DefaultPath,
        };
        var model = new Option<string?>("--model")
        {
            Description = "Of a folder: the model under test in place of the specs'.",
            HelpName = "NAME",
        };
        var attempt = new Option<int>("--attempt")
        {
            Description = "Of a folder: a number above 0 evaluates the same datasets once more.",
            HelpName = "N",
        };
        var details = DetailsOption.Create();
        var command = new Command(
            "run",
            "Upload a dataset to the instance that 'up' started, wait for its evaluation, and print it. Ends as show does."
        )
        {
            file,
            suite,
            model,
            attempt,
            instance,
            details,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var running = FindInstance(parsed.GetRequiredValue(instance));
                var start = new SuiteStartOptions(parsed.GetValue(attempt), parsed.GetValue(model));
                return parsed.GetRequiredValue(file) switch
                {
                    DirectoryInfo folder => SuiteRuns.RunAsync(
                        folder.FullName,
                        parsed.GetValue(suite) ?? folder.Name,
                        start,
                        running,
                        console,
                        cancellationToken
                    ),
                    _ when start != new SuiteStartOptions() => throw new LocalHostException(
                        "--model and --attempt belong to a folder with the section suite."
                    ),
                    FileInfo dataset => RunAsync(
                        dataset,
                        parsed.GetValue(suite),
                        running,
                        new ShownParts(AsJson: false, parsed.GetValue(details)),
                        console,
                        cancellationToken
                    ),
                    var other => throw new LocalHostException($"{other.FullName} is neither a file nor a folder."),
                };
            }
        );
        return command;
    }

    private static LocalInstance FindInstance(string path) =>
        InstanceFile.Find(path)
        ?? throw new LocalHostException(
            $"Nothing is running here: there is no {path}. Start 'up' first, or name its file with --instance."
        );

    private static async Task<int> RunAsync(
        FileInfo file,
        string? suite,
        LocalInstance instance,
        ShownParts parts,
        IAnsiConsole console,
        CancellationToken cancellationToken
    )
    {
        var dropped = await new SuiteUploader(instance.StorageConnectionString, console.WriteLine).DropAsync(
            file.FullName,
            suite ?? file.Directory!.Name,
            cancellationToken
        );
        console.WriteLine($"Uploaded as datasets/{dropped.Name}");

        using var api = new EvaluationApi(instance.AppUrl);
        var runId = await api.StartAsync(dropped.Name, cancellationToken);
        var ended = await new ProgressPrinter(console, TimeProvider.System).ShowAsync(report =>
            new RunFollower(api, PollingPauses.Local).FollowAsync([dropped with { RunId = runId }], report, Patience, cancellationToken)
        );
        return await ShowCommand.PrintAsync(api, ended[0].RunId!, parts, console, cancellationToken);
    }
}
