using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>The result of resuming a run.</summary>
internal abstract record RunResumptionResult
{
    private RunResumptionResult() { }

    /// <summary>The run goes on; it was resumed <paramref name="Resumption"/> times by now.</summary>
    public sealed record Resumed(int Resumption) : RunResumptionResult;

    /// <summary>The run's spec cannot be evaluated now.</summary>
    public sealed record InvalidSpec(RunFailure Failure) : RunResumptionResult;

    /// <summary>The run cannot be resumed as it is.</summary>
    public sealed record Conflict(RunFailure Failure) : RunResumptionResult;
}

/// <summary>Goes on with runs that have ended.</summary>
internal sealed class RunResumption(
    RunTables tables,
    RunBlobs blobs,
    SpecCheck specs,
    CandidateRuns candidates,
    RunReconciler reconciler,
    TimeProvider time
)
{
    /// <summary>Reopens a run that has ended and has something left to evaluate, and has it scheduled.</summary>
    /// <param name="stored">The run as it was read.</param>
    /// <param name="maxCost">The cost ceiling from now on; null to leave it.</param>
    /// <param name="durable">Schedules it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RunResumptionResult> ResumeAsync(
        StoredRun stored,
        double? maxCost,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var run = stored.Run;
        if (await CheckSpecAsync(run.RunId, maxCost, cancellationToken) is { } refused)
        {
            return refused;
        }

        var members = run.IsGroup ? await candidates.ReadMembersAsync(run, cancellationToken) : [];
        var isPlanned =
            members.Any(member => member.Status is not null) || await blobs.FindManifestAsync(run.RunId, cancellationToken) is not null;
        var reopening = new Reopening(
            time.GetUtcNow(),
            // What the app deployed for the run is removed by now, or will be soon.
            Waits: run.FineTuneJob is not null && (!isPlanned || run.Deployments is not null),
            RepeatsFailed: run.Status == RunStatus.Completed,
            maxCost
        );
        if (!await tables.TryReopenAsync(stored, reopening, cancellationToken))
        {
            return new RunResumptionResult.Conflict(
                new RunFailure("run_changed", $"Run '{run.RunId}' changed at the same moment. Read its status, then try again.")
            );
        }

        await reconciler.ReconcileAsync(run.RunId, durable, cancellationToken);
        return new RunResumptionResult.Resumed(run.Resumptions + 1);
    }

    /// <summary>Checks that the run's spec, with the new ceiling, can be evaluated now.</summary>
    /// <returns>The result where it cannot; null where it can.</returns>
    private async Task<RunResumptionResult?> CheckSpecAsync(string runId, double? maxCost, CancellationToken cancellationToken)
    {
        EvaluationSpec? spec;
        try
        {
            spec = await blobs.FindSpecAsync(runId, cancellationToken);
        }
        catch (SpecException invalid)
        {
            // Another version of the app, which read specs differently, began the run.
            return new RunResumptionResult.InvalidSpec(new RunFailure("invalid_spec", invalid.Message));
        }

        if (spec is null)
        {
            return new RunResumptionResult.Conflict(
                new RunFailure(
                    "run_not_planned",
                    $"Run '{runId}' was refused before it began, so it cannot be resumed. Fix the error that it names, then start it again."
                )
            );
        }

        if (maxCost is not null)
        {
            spec = spec with { Limits = spec.Limits with { MaxCost = maxCost } };
        }

        return specs.Check("spec", spec) is { } failure ? new RunResumptionResult.InvalidSpec(failure) : null;
    }
}
