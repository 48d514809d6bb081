using FunctionsEval.Core.Results;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Finds what has no live orchestration although it has not ended, a run or a fine-tuning job, and has it go on or end.</summary>
internal sealed class RunReconciler(
    OpenRuns openRuns,
    RunTables tables,
    RunScheduler scheduler,
    RunCommit commit,
    FineTuningJobs fineTunes,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<RunReconciler> logger
)
{
    /// <summary>How long a run is listed as open at least: whoever lists it and then writes its row is done by then.</summary>
    private static readonly TimeSpan ListedFor = TimeSpan.FromMinutes(15);

    /// <summary>How long after its deadline a run may wait for the orchestration that looks for its model's deployment.</summary>
    private static readonly TimeSpan DeadlineSlack = TimeSpan.FromHours(1);

    /// <summary>
    /// Looks at every open run and every job that is not followed. What cannot be looked at now is looked at the next time.
    /// </summary>
    public async Task ReconcileAllAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        await foreach (var open in openRuns.ReadAsync(cancellationToken))
        {
            await TryAsync(open.RunId, () => ReconcileAsync(open, durable, cancellationToken));
        }

        await TryAsync("fine-tuning jobs", () => fineTunes.FollowUnscheduledAsync(durable, cancellationToken));
    }

    /// <summary>Has a run that has not ended go on, whatever it waits for; ends one that nothing can go on with.</summary>
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
            // A row that was released meanwhile has changed, and is left alone.
            var failure = RunFailure.NotDeployed(run.Model ?? "");
            if (await commit.TryCommitAsync(stored, failure, time.GetUtcNow(), cancellationToken) is not null)
            {
                logger.RunFailed(run.RunId, failure.Code, failure.Message);
            }

            return;
        }

        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { } now && now.Run.Status == RunStatus.AwaitingDeployment)
        {
            await fineTunes.FollowAgainAsync(jobId, durable, cancellationToken);
        }
    }

    private async Task TryAsync(string subject, Func<Task> reconcile)
    {
        try
        {
            await reconcile();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One run must not keep the others waiting.
            logger.NotReconciled(fault, subject);
        }
    }
}
