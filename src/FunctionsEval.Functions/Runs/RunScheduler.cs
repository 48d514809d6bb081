using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Ensures that a run has a live orchestration. Every start uses it: an upload, a request, an event, a fine-tuning job, a resumption, the
/// reconciler. Everything it needs is in the run's row and its spec, so that any process can finish the work of a starter that ended.
/// </summary>
internal sealed class RunScheduler(RunBlobs blobs, RunTables tables, RunCommit commit, TimeProvider time, ILogger<RunScheduler> logger)
{
    /// <summary>
    /// Schedules the run's orchestration, unless it is live or the run has ended. Any number of callers may do so at once: one schedules.
    /// </summary>
    /// <returns>Whether this call scheduled it.</returns>
    public async Task<bool> EnsureScheduledAsync(string runId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await FindUnfinishedAsync(runId, cancellationToken) is not { } seen)
        {
            return false;
        }

        var resumption = seen.Run.Resumptions;
        var instance = await durable.FindAsync(OrchestrationNames.InstanceOfRun(runId, resumption), cancellationToken);
        if (instance.IsLive())
        {
            return false;
        }

        // A run ends before its orchestration does. If the row is still unfinished now, no orchestration will finish it.
        if (await FindUnfinishedAsync(runId, cancellationToken) is not { } stored || stored.Run.Resumptions != resumption)
        {
            return false;
        }

        var run = stored.Run;
        var reading = ReadSpecAsync(stored, cancellationToken);
        await Task.WhenAll(reading, tables.Index.AddAsync(run, cancellationToken));
        if (await reading is not { } spec)
        {
            return false;
        }

        var request = RequestOf(run, spec);
        // An orchestration that failed would fail again, so a new one ends the run and sends the notifications.
        if (instance is not null && run.Status == RunStatus.Running)
        {
            request = request with
            {
                Failure = run.CancelRequested
                    ? RunFailure.Cancelled
                    : new RunFailure(
                        "internal_error",
                        $"The orchestration ended as {instance.RuntimeStatus} before the run ended. Fix the cause, then resume the run."
                    ),
            };
        }

        return await ScheduleAsync(run, request, durable, cancellationToken);
    }

    /// <summary>
    /// Wakes the orchestration of a run whose cancellation was requested. Without an orchestration, schedules one that ends the run.
    /// </summary>
    public async Task StopAsync(Run run, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var instanceId = OrchestrationNames.InstanceOfRun(run.RunId, run.Resumptions);
        if (await EnsureScheduledAsync(run.RunId, durable, cancellationToken))
        {
            return;
        }

        if (await durable.TryWakeAsync(instanceId, OrchestrationNames.CancelEvent, cancellationToken) is { } refused)
        {
            // It has ended meanwhile. If not, it finds the request in the run's row at its next check.
            logger.CancelNotDelivered(run.RunId, refused.ToString());
        }
    }

    private async Task<StoredRun?> FindUnfinishedAsync(string runId, CancellationToken cancellationToken) =>
        await tables.FindRunAsync(runId, cancellationToken) is { Run.Status: RunStatus.Pending or RunStatus.Running } stored
            ? stored
            : null;

    /// <summary>The run's spec, with the ceiling that a resumption raised; null when there is none, which ends the run.</summary>
    private async Task<EvaluationSpec?> ReadSpecAsync(StoredRun stored, CancellationToken cancellationToken)
    {
        var run = stored.Run;
        EvaluationSpec? spec;
        try
        {
            spec = await blobs.FindSpecAsync(run.RunId, cancellationToken);
        }
        catch (SpecException invalid)
        {
            await EndAsync(stored, new RunFailure("invalid_spec", invalid.Message), cancellationToken);
            return null;
        }

        if (spec is null)
        {
            await EndAsync(
                stored,
                new RunFailure(
                    "internal_error",
                    $"{StorageNames.Runs}/{StorageNames.Spec(run.RunId)} no longer exists. Start a new evaluation with a higher attempt."
                ),
                cancellationToken
            );
            return null;
        }

        if (run.MaxCost is { } maxCost && spec.Limits.MaxCost != maxCost)
        {
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
            await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
        }

        return spec;
    }

    private async Task<bool> ScheduleAsync(Run run, RunRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        using var span = Instruments.StartRun(request.RunId, run.Source ?? "");
        // An ended instance with an unfinished row belongs to a run whose rows were deleted; it is replaced.
        var isNew = await durable.TryScheduleAsync(
            run.IsGroup ? OrchestrationNames.EvaluateCandidates : OrchestrationNames.EvaluateDataset,
            OrchestrationNames.InstanceOfRun(request.RunId, request.Resumption),
            run.IsGroup ? new GroupProgress(request) : request,
            cancellationToken
        );
        if (isNew)
        {
            logger.RunStarted(request.RunId, request.Dataset.Name, run.Model ?? "", run.Baseline);
        }

        return isNew;
    }

    private RunRequest RequestOf(Run run, EvaluationSpec spec)
    {
        var request = RunRequest.For(run.RunId, DatasetVersion.From(run), spec, run.TrainingFile, run.Resumptions);
        return request with
        {
            // A member of a group begins with what is left of the group's time.
            Deadline = run.EndsBy - time.GetUtcNow() is { } left && left < request.Deadline ? left : request.Deadline,
            IsAutomatic = run.FineTuneJob is not null,
            RepeatsFailed = run.RepeatsFailed == true,
            Group = run.Group,
        };
    }

    private async Task EndAsync(StoredRun stored, RunFailure failure, CancellationToken cancellationToken)
    {
        if (await commit.TryCommitAsync(stored, failure, time.GetUtcNow(), cancellationToken) is not null)
        {
            logger.RunFailed(stored.Run.RunId, failure.Code, failure.Message);
        }
    }
}
