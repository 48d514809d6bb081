using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>Reads what a run came to and prints it.</summary>
internal static class RunResult
{
    /// <returns>What the run's command ends with.</returns>
    public static async Task<int> PrintAsync(string runId, EvaluationApi api, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var run = await api.GetRunAsync(runId, cancellationToken);
        new SummaryPrinter(console).Print(run, await api.FindSummaryAsync(runId, cancellationToken));
        return ExitCodes.FromRun(run);
    }
}
