using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Reserves and schedules the runs of a suite run; of one that was resumed, resumes those that did not complete. Repeatable.
/// </summary>
internal sealed class StartSuiteRuns(
    RunTables tables,
    SuiteBlobs blobs,
    RunReservations reservations,
    RunReconciler reconciler,
    RunResumption resumption
)
{
    /// <returns>Whether the suite run is under way; false where it has ended, or was resumed since.</returns>
    [Function(nameof(StartSuiteRuns))]
    public async Task<bool> RunAsync(
        [ActivityTrigger] SuiteStep step,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (!await TryBeginAsync(step, cancellationToken))
        {
            return false;
        }

        var plan =
            await blobs.FindPlanAsync(step.SuiteRunId, cancellationToken)
            ?? throw new InvalidDataException($"{StorageNames.Runs}/{StorageNames.SuitePlan(step.SuiteRunId)} no longer exists.");
        foreach (var member in plan.Members.Where(member => member.RunId is not null))
        {
            if (member.Run is { } run)
            {
                // Its spec was written with the plan.
                await reservations.TryReserveAsync(run, spec: null, failure: null, cancellationToken);
            }

            await ContinueAsync(member.RunId!, step, durable, cancellationToken);
        }

        return true;
    }

    private async Task<bool> TryBeginAsync(SuiteStep step, CancellationToken cancellationToken)
    {
        while (await tables.Suites.FindAsync(step.SuiteRunId, cancellationToken) is { } stored && stored.Run.IsUnderWay(step.Resumption))
        {
            if (
                stored.Run.Status == RunStatus.Running
                || await tables.Suites.TryUpdateAsync(stored, stored.Run with { Status = RunStatus.Running }, cancellationToken)
            )
            {
                return true;
            }
        }

        return false;
    }

    private async Task ContinueAsync(string runId, SuiteStep step, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var stored = await tables.FindRunAsync(runId, cancellationToken);
        if (step.Resumption > 0 && stored is { Run.Status: RunStatus.Partial or RunStatus.Cancelled or RunStatus.Failed })
        {
            // One that cannot be resumed keeps its error, which the suite's verdict names.
            await resumption.ResumeAsync(stored, maxCost: null, durable, cancellationToken);
            return;
        }

        await reconciler.ReconcileAsync(runId, durable, cancellationToken);
    }
}
