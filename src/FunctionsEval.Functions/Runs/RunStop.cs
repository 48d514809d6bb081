using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>Cancels runs.</summary>
internal sealed class RunStop(RunTables tables, RunScheduler scheduler, RunCommit commit, TimeProvider time)
{
    /// <summary>
    /// Stops a run now. If this is interrupted, the executors find the request in the run's row. A run that has ended stays as it is.
    /// </summary>
    public async Task CancelAsync(string runId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        await tables.RequestCancelAsync(runId, cancellationToken);
        // No executor checks a run that waits for its model's deployment.
        while (await tables.FindRunAsync(runId, cancellationToken) is { Run.Status.HasEnded: false } stored)
        {
            if (stored.Run.Status != RunStatus.AwaitingDeployment)
            {
                await scheduler.StopAsync(stored.Run, durable, cancellationToken);
                return;
            }

            if (await commit.TryCommitAsync(stored, RunFailure.Cancelled, time.GetUtcNow(), cancellationToken) is not null)
            {
                return;
            }
        }
    }
}
