using System.Globalization;
using Azure.Data.Tables;
using DurableTask.Core.Exceptions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Sees to it that a run has a live orchestration. Every way in ends here: an upload, a request, an event, a fine-tuning job, a resumption,
/// the
/// reconciler. All that is needed is in the run's row and its spec, so that anybody can finish what a starter that died has left.
/// </summary>
internal sealed class RunScheduler(RunBlobs blobs, RunTables tables, RunCommit commit, TimeProvider time, ILogger<RunScheduler> logger)
{
    /// <summary>Instance of a run's orchestration: each resumption has its own, because the one before may still tell of its end.</summary>
    public static string InstanceOf(string runId, int resumption) =>
        resumption == 0 ? runId : string.Create(CultureInfo.InvariantCulture, $"{runId}~{resumption}");

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

        var resumption = RunTables.ResumptionsOf(seen);
        var instance = await durable.GetInstanceAsync(InstanceOf(runId, resumption), getInputsAndOutputs: false, cancellationToken);
        if (InstanceStates.IsLive(instance))
        {
            return false;
        }

        // A run ends before its orchestration does: a row that is unfinished even now has none that will finish it.
        if (await FindUnfinishedAsync(runId, cancellationToken) is not { } row || RunTables.ResumptionsOf(row) != resumption)
        {
            return false;
        }

        if (await ReadSpecAsync(row, cancellationToken) is not { } spec)
        {
            return false;
        }

        await tables.IndexAsync(row, cancellationToken);
        var request = RequestOf(row, spec);
        // An orchestration that was under way and failed would fail again: another one ends the run, and tells who is to hear of it.
        if (instance is not null && row.GetString("Status") == nameof(RunStatus.Running))
        {
            request = request with
            {
                Failure = RunTables.IsCancelRequested(row)
                    ? RunFailure.Cancelled
                    : new RunFailure(
                        "internal_error",
                        $"The run's orchestration ended as {instance.RuntimeStatus} without it. Resume it once the cause is mended."
                    ),
            };
        }

        return await ScheduleAsync(row, request, instance, durable, cancellationToken);
    }

    /// <summary>
    /// Wakes the orchestration of a run whose cancellation was asked for, from whatever it waits for; without one, gives it one that ends
    /// it.
    /// </summary>
    public async Task StopAsync(TableEntity row, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var instanceId = InstanceOf(row.PartitionKey, RunTables.ResumptionsOf(row));
        if (await EnsureScheduledAsync(row.PartitionKey, durable, cancellationToken))
        {
            return;
        }

        try
        {
            await durable.RaiseEventAsync(instanceId, EvaluateDataset.CancelEvent, true, cancellationToken);
        }
        catch (RpcException gone)
        {
            // It has ended meanwhile; if it has not, it finds the request in the run's row when it looks.
            logger.CancelNotDelivered(row.PartitionKey, gone.StatusCode.ToString());
        }
    }

    private async Task<TableEntity?> FindUnfinishedAsync(string runId, CancellationToken cancellationToken) =>
        await tables.FindRunAsync(runId, cancellationToken) is { } row
        && row.GetString("Status") is nameof(RunStatus.Pending) or nameof(RunStatus.Running)
            ? row
            : null;

    /// <summary>The run's spec, with the ceiling that a resumption raised; null when there is none, which ends the run.</summary>
    private async Task<EvaluationSpec?> ReadSpecAsync(TableEntity row, CancellationToken cancellationToken)
    {
        EvaluationSpec? spec;
        try
        {
            spec = await blobs.FindSpecAsync(row.PartitionKey, cancellationToken);
        }
        catch (SpecException invalid)
        {
            await EndAsync(row, new RunFailure("invalid_spec", invalid.Message), cancellationToken);
            return null;
        }

        if (spec is null)
        {
            await EndAsync(
                row,
                new RunFailure(
                    "internal_error",
                    $"{StorageNames.Runs}/{StorageNames.Spec(row.PartitionKey)} is gone. Start a new evaluation, with a higher attempt."
                ),
                cancellationToken
            );
            return null;
        }

        if (RunTables.RaisedMaxCostOf(row) is { } maxCost && spec.Limits.MaxCost != maxCost)
        {
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
            await blobs.WriteSpecAsync(row.PartitionKey, SpecReader.Canonical(spec), cancellationToken);
        }

        return spec;
    }

    private async Task<bool> ScheduleAsync(
        TableEntity row,
        RunRequest request,
        OrchestrationMetadata? instance,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        using var span = Instruments.StartRun(request.RunId, row.GetString("Source"));
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(EvaluateDataset),
                request,
                new StartOrchestrationOptions(InstanceOf(request.RunId, request.Resumption))
                {
                    // One that has ended beside an unfinished row belongs to a run whose rows were deleted: it is replaced.
                    DedupeStatuses = instance is null ? InstanceStates.All : InstanceStates.Live,
                },
                cancellationToken
            );
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }

        logger.RunStarted(request.RunId, request.Dataset.Name, row.GetString("Model"), row.GetString("Baseline"));
        return true;
    }

    private static RunRequest RequestOf(TableEntity row, EvaluationSpec spec) =>
        RunRequest.For(row.PartitionKey, RunTables.DatasetOf(row), spec, RunTables.TrainingFileOf(row), RunTables.ResumptionsOf(row)) with
        {
            IsAutomatic = row.GetString("FineTuneJob") is not null,
            RepeatsFailed = RunTables.RepeatsFailedOf(row),
        };

    private async Task EndAsync(TableEntity row, RunFailure failure, CancellationToken cancellationToken)
    {
        if (await commit.TryCommitAsync(row, failure, time.GetUtcNow(), cancellationToken) is not null)
        {
            logger.RunFailed(row.PartitionKey, failure.Code, failure.Message);
        }
    }
}
