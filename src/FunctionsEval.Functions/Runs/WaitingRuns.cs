using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>The runs that wait for the deployment of a fine-tuned model.</summary>
internal sealed class WaitingRuns(
    OpenRuns openRuns,
    RunBlobs blobs,
    RunTables tables,
    RunReservations reservations,
    RunScheduler scheduler,
    ILogger<WaitingRuns> logger
)
{
    /// <summary>The runs that wait for a job's model: those reserved now, before, and those that were resumed since.</summary>
    public async Task<IReadOnlyList<WaitingRun>> FindAsync(string jobId, CancellationToken cancellationToken) =>
        (await FindOpenAsync(jobId, cancellationToken)).Waiting;

    /// <summary>The runs of a job that have not ended.</summary>
    public async Task<TunedRuns> FindOpenAsync(string jobId, CancellationToken cancellationToken)
    {
        var waiting = new List<WaitingRun>();
        var underWay = 0;
        await foreach (var open in openRuns.ReadAsync(cancellationToken))
        {
            if (
                (await tables.FindUnderWayAsync(open.RunId, resumption: null, cancellationToken))?.Run is not { } run
                || run.FineTuneJob != jobId
            )
            {
                continue;
            }

            if (run.Status == RunStatus.AwaitingDeployment)
            {
                waiting.Add(new WaitingRun(run.RunId, run.Resumptions));
            }
            else
            {
                underWay++;
            }
        }

        return new TunedRuns(waiting, underWay);
    }

    /// <summary>Releases a run whose model is deployed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="released">What it waited for.</param>
    /// <param name="schedules">Whether to schedule the run; otherwise the caller runs it as a sub-orchestration.</param>
    /// <param name="durable">Schedules it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the run no longer waits.</returns>
    public async Task<bool> TryReleaseAsync(
        string runId,
        ReleasedModels released,
        bool schedules,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is { Run.Status: RunStatus.AwaitingDeployment } stored)
        {
            var spec = await blobs.ReadSpecAsync(runId, cancellationToken);
            // Before the run itself is released: whoever is interrupted here begins again.
            await StartCheckpointsAsync(stored.Run, spec, released, durable, cancellationToken);
            var model = released.ModelOf(stored.Run);
            await blobs.WriteSpecAsync(runId, SpecReader.Canonical(spec with { Model = model }), cancellationToken);
            if (!schedules)
            {
                await tables.UpdateRunAsync(runId, released.ApplyTo, cancellationToken);
            }
            else if (!await tables.TryReleaseAsync(stored, released.ApplyTo(stored.Run), cancellationToken))
            {
                return false;
            }

            logger.RunReleased(runId, model);
        }

        if (schedules)
        {
            await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        }

        return true;
    }

    /// <summary>Starts a run for each checkpoint, as the run of the tuned model but for the model. Repeating it starts none twice.</summary>
    private async Task StartCheckpointsAsync(
        Run run,
        EvaluationSpec spec,
        ReleasedModels released,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        foreach (var model in released.CheckpointsBeside(run))
        {
            var ofCheckpoint = spec with { Model = model };
            var started = reservations.Create(DatasetVersion.From(run), ofCheckpoint, attempt: 0, run.Source ?? "") with
            {
                FineTuneJob = run.FineTuneJob,
                TrainingFile = run.TrainingFile,
            };
            await reservations.TryReserveAsync(released.ApplyTo(started), ofCheckpoint, failure: null, cancellationToken);
            await scheduler.EnsureScheduledAsync(started.RunId, durable, cancellationToken);
        }
    }
}

/// <summary>The models that a run waited for.</summary>
/// <param name="Names">Their configured names: the tuned model, then its checkpoints, the latest first.</param>
/// <param name="DeployedSince">When the app made the first of their deployments; null where it made none.</param>
internal sealed record ReleasedModels(IReadOnlyList<string> Names, DateTimeOffset? DeployedSince)
{
    /// <summary>The model of a run: the checkpoint that it evaluates, else the tuned model.</summary>
    public string ModelOf(Run run) => Names.Skip(1).FirstOrDefault(name => name == run.Model) ?? Names[0];

    /// <summary>The checkpoints that need runs beside a run; none beside a checkpoint's own.</summary>
    public IEnumerable<string> CheckpointsBeside(Run run) => ModelOf(run) == Names[0] ? Names.Skip(1) : [];

    /// <summary>The run, which knows its model from now on.</summary>
    public Run ApplyTo(Run run) =>
        run with
        {
            Model = ModelOf(run),
            DeployedSince = DeployedSince,
            Deployments = DeployedSince is null ? null : 1,
        };
}
