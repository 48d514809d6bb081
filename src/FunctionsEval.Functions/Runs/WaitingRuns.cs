using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>The runs that wait for the deployment of a fine-tuned model.</summary>
internal sealed class WaitingRuns(OpenRuns openRuns, RunBlobs blobs, RunTables tables, RunScheduler scheduler, ILogger<WaitingRuns> logger)
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

    /// <summary>Releases a run whose models are deployed.</summary>
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
            var spec = (await blobs.ReadSpecAsync(runId, cancellationToken)).WithCandidates(released.Names);
            await blobs.WriteSpecAsync(runId, SpecReader.Canonical(spec), cancellationToken);
            if (!schedules)
            {
                await tables.UpdateRunAsync(runId, run => released.ApplyTo(run, spec), cancellationToken);
            }
            else if (!await tables.TryReleaseAsync(stored, released.ApplyTo(stored.Run, spec), cancellationToken))
            {
                return false;
            }

            logger.RunReleased(runId, string.Join(", ", released.Names));
        }

        if (schedules)
        {
            await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        }

        return true;
    }
}

/// <summary>The models that a run waited for.</summary>
/// <param name="Names">Their configured names: the tuned model, then its checkpoints, the latest first.</param>
/// <param name="DeployedSince">When the app made the first of their deployments; null where it made none.</param>
internal sealed record ReleasedModels(IReadOnlyList<string> Names, DateTimeOffset? DeployedSince)
{
    /// <summary>The run, which knows its models from now on. With checkpoints it is a group.</summary>
    /// <param name="run">The run.</param>
    /// <param name="spec">Its spec, in which the models are the candidates.</param>
    public Run ApplyTo(Run run, EvaluationSpec spec) =>
        GroupRuns.WithModels(run, spec) with
        {
            DeployedSince = DeployedSince,
            Deployments = DeployedSince is null ? null : Names.Count,
        };
}
