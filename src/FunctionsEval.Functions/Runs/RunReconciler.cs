using FunctionsEval.Core.Results;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Finds runs and fine-tuning jobs that have not ended and have no live orchestration, and continues or ends them.</summary>
internal sealed class RunReconciler(
    OpenRuns openRuns,
    RunTables tables,
    RunScheduler scheduler,
    CandidateRuns candidates,
    RunCommit commit,
    FineTuningJobs fineTuningJobs,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<RunReconciler> logger
)
{
    /// <summary>Minimum time for which a run is listed as open. A starter that lists a run writes the run's row within this time.</summary>
    private static readonly TimeSpan ListedFor = TimeSpan.FromMinutes(15);

    /// <summary>How long after its deadline a run may wait for the orchestration that looks for its model's deployment.</summary>
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromHours(1);

    /// <summary>
    /// Checks every open run and every job that is not followed. The next pass checks what cannot be checked now.
    /// </summary>
    public async Task ReconcileAllAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        await foreach (var open in openRuns.ReadAsync(cancellationToken))
        {
            await logger.TryReconcileAsync(open.RunId, () => ReconcileAsync(open, durable, cancellationToken));
        }

        await logger.TryReconcileAsync("fine-tuning jobs", () => fineTuningJobs.FollowUnscheduledAsync(durable, cancellationToken));
    }

    /// <summary>Continues a run that has not ended, whatever it waits for; ends a run that cannot continue.</summary>
    public async Task ReconcileAsync(string runId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } stored || stored.Run.Status.HasEnded)
        {
            return;
        }

        if (stored.Run.Status == RunStatus.AwaitingDeployment)
        {
            await AwaitDeploymentAsync(stored, durable, cancellationToken);
        }
        else if (stored.Run.Group is { } group && await tables.FindUnderWayAsync(group, resumption: null, cancellationToken) is null)
        {
            // Its group ended without it, or was deleted.
            await candidates.StopAsync(stored.Run, durable, cancellationToken);
            await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        }
        else
        {
            await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        }
    }

    private async Task ReconcileAsync(OpenRun open, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await tables.FindUnderWayAsync(open.RunId, resumption: null, cancellationToken) is not null)
        {
            await ReconcileAsync(open.RunId, durable, cancellationToken);
        }
        else if (open.Listed < time.GetUtcNow() - ListedFor)
        {
            await openRuns.RemoveAsync(open, cancellationToken);
        }
    }

    private async Task AwaitDeploymentAsync(StoredRun stored, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var run = stored.Run;
        if (run.CancelRequested)
        {
            await commit.TryCommitAsync(stored, RunFailure.Cancelled, time.GetUtcNow(), cancellationToken);
            return;
        }

        if (run.FineTuneJob is not { } jobId || await FineTuningJobs.IsFollowedAsync(jobId, durable, cancellationToken))
        {
            return;
        }

        if (run.Began + options.Value.DeploymentDeadline + DeadlineSlack < time.GetUtcNow())
        {
            // A run that was released meanwhile has another row, and stays as it is.
            var failure = RunFailure.NotDeployed(run.Model ?? "");
            if (await commit.TryCommitAsync(stored, failure, time.GetUtcNow(), cancellationToken) is not null)
            {
                logger.RunFailed(run.RunId, failure.Code, failure.Message);
            }

            return;
        }

        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { } now && now.Run.Status == RunStatus.AwaitingDeployment)
        {
            await fineTuningJobs.FollowAgainAsync(jobId, durable, cancellationToken);
        }
    }
}
