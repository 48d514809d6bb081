using System.CommandLine;
using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>watch RUN</c>: waits until a run or a suite run has ended, then shows it.</summary>
internal static class WatchCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var (run, details, api) = (RunArgument.CreateOfAny(), DetailsOption.Create(), new ApiOptions());
        var command = new Command("watch", "Wait until a run or a suite run has ended, then show it, with its exit code.") { run, details };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var id = parsed.GetRequiredValue(run);
                if (SuiteRuns.IsId(id))
                {
                    await new SuiteFollower(client, PollingPauses.Remote, Console.Error.WriteLine).FollowAsync(id, cancellationToken);
                    return await SuiteRuns.ShowAsync(client, id, parsed.GetValue(api.Json), console, cancellationToken);
                }

                var row = await client.GetRunAsync(id, cancellationToken);
                var watched = new DroppedDataset(row.Dataset, row.DatasetETag ?? "", row.RunId);
                await new ProgressPrinter(Terminal.Errors, TimeProvider.System).ShowAsync(report =>
                    new RunFollower(client, PollingPauses.Remote).FollowAsync(
                        [watched],
                        report,
                        Timeout.InfiniteTimeSpan,
                        cancellationToken
                    )
                );
                return await ShowCommand.PrintAsync(
                    client,
                    row.RunId,
                    new ShownParts(parsed.GetValue(api.Json), parsed.GetValue(details)),
                    console,
                    cancellationToken
                );
            }
        );
        return command;
    }
}
