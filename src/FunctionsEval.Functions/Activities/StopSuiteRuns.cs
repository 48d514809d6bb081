using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Activities;

/// <summary>Cancels the runs that a suite run started. Runs that were there before go on.</summary>
internal sealed class StopSuiteRuns(RunTables tables, SuiteBlobs blobs, RunStop stop)
{
    [Function(nameof(StopSuiteRuns))]
    public async Task RunAsync(
        [ActivityTrigger] SuiteStep step,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var plan = await blobs.FindPlanAsync(step.SuiteRunId, cancellationToken);
        foreach (var runId in (plan?.Members ?? []).Select(member => member.RunId).OfType<string>())
        {
            if (
                await tables.FindRunAsync(runId, cancellationToken) is { Run: { Status.HasEnded: false } run }
                && run.SuiteRun == step.SuiteRunId
            )
            {
                await stop.CancelAsync(runId, durable, cancellationToken);
            }
        }
    }
}
