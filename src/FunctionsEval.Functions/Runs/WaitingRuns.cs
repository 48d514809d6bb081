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
    public async Task<IReadOnlyList<WaitingRun>> FindAsync(string jobId, CancellationToken cancellationToken)
    {
        var waiting = new List<WaitingRun>();
        await foreach (var open in openRuns.ReadAsync(cancellationToken))
        {
            if (
                await tables.FindRunAsync(open.RunId, cancellationToken) is { Run: { Status: RunStatus.AwaitingDeployment } run }
                && run.FineTuneJob == jobId
            )
            {
                waiting.Add(new WaitingRun(run.RunId, run.Resumptions));
            }
        }

        return waiting;
    }

    /// <summary>Releases a run whose models are deployed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="models">The configured names of its candidates, 1 to 20; with several, the run is a group.</param>
    /// <param name="schedules">Whether to schedule the run; otherwise the caller runs it as a sub-orchestration.</param>
    /// <param name="durable">Schedules it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the run no longer waits.</returns>
    public async Task<bool> TryReleaseAsync(
        string runId,
        IReadOnlyList<string> models,
        bool schedules,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is { Run.Status: RunStatus.AwaitingDeployment } stored)
        {
            var spec = (await blobs.ReadSpecAsync(runId, cancellationToken)).WithCandidates(models);
            await blobs.WriteSpecAsync(runId, SpecReader.Canonical(spec), cancellationToken);
            if (!schedules)
            {
                await tables.UpdateRunAsync(runId, run => GroupRuns.WithModels(run, spec), cancellationToken);
            }
            else if (!await tables.TryReleaseAsync(stored, GroupRuns.WithModels(stored.Run, spec), cancellationToken))
            {
                return false;
            }

            logger.RunReleased(runId, string.Join(", ", models));
        }

        if (schedules)
        {
            await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        }

        return true;
    }
}
