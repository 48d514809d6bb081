using FunctionsEval.LocalHost.Client;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Commands;

/// <summary>Reads what a run came to and prints it.</summary>
internal static class RunResult
{
    /// <returns>What a command that evaluates ends with.</returns>
    public static async Task<int> PrintAsync(string runId, EvaluationApi api, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var run = await api.FindAsync(runId, cancellationToken) ?? throw new InvalidOperationException($"Run {runId} has no row.");
        new SummaryPrinter(console).Print(run, await api.FindSummaryAsync(runId, cancellationToken));
        return ExitCodes.OfEvaluation(run);
    }
}
