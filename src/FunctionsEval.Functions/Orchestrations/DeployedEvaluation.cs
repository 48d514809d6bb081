using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// What <see cref="FineTuneFinished"/> does where the app deploys tuned models itself: it waits for the job, has its model and checkpoints
/// deployed, releases the runs, waits for their ends, and has the deployments removed.
/// </summary>
/// <remarks>
/// Every look asks again what there is and takes one step, so it does not matter where an earlier one was interrupted. Whatever is left is
/// removed by <c>SweepDeployments</c>.
/// </remarks>
internal static class DeployedEvaluation
{
    private const int LooksPerStep = 5;

    /// <summary>Waits grow to five times the shortest, because a deployment may cost by the hour until its runs' end is seen.</summary>
    private const int MaxWaitFactor = 5;

    private const int MaxJobWaitFactor = 10;

    /// <summary>Number of looks after which the orchestration continues as new, so that the history of a long wait stays small.</summary>
    private const int LooksPerHistory = 15;

    /// <summary>Number of looks after which the removal is left to <c>SweepDeployments</c>.</summary>
    private const int MaxLooksAtRemoval = 60;

    public static async Task RunAsync(TaskOrchestrationContext context, FineTuningRequest request)
    {
        var state = request;
        for (var looks = 0; looks < LooksPerHistory; looks++)
        {
            if (await StepAsync(context, state) is not { } next)
            {
                return;
            }

            var factor = Math.Min(next.Found is { HasEnded: true } ? MaxWaitFactor : MaxJobWaitFactor, 1 + (next.Looks / LooksPerStep));
            state = next with { Looks = next.Looks + 1 };
            await context.CreateTimer(context.CurrentUtcDateTime + (request.CheckEvery * factor), CancellationToken.None);
        }

        context.ContinueAsNew(state);
    }

    /// <summary>One look.</summary>
    /// <returns>The state for the next one; null at the end.</returns>
    private static async Task<FineTuningRequest?> StepAsync(TaskOrchestrationContext context, FineTuningRequest state)
    {
        if (state.IsRemoving)
        {
            return await RemoveAsync(context, state);
        }

        var tuned = state.Found ?? new FineTuningRuns(HasEnded: false, null, []);
        state = state with { Until = state.Until ?? context.CurrentUtcDateTime + state.Deadline };
        var isLate = context.CurrentUtcDateTime >= state.Until;
        if (!tuned.HasEnded || (tuned.IsPartial && !isLate))
        {
            var hadEnded = tuned.HasEnded;
            tuned = await FineTuneFinished.LookAsync(context, nameof(ReserveTunedRuns), state.JobId, otherwise: tuned);
            state = state with { Found = tuned with { Waiting = [] }, Looks = tuned.HasEnded && !hadEnded ? 0 : state.Looks };
        }

        if (!tuned.HasEnded)
        {
            return isLate ? null : state;
        }

        return await FineTuneFinished.LookAsync<TunedRuns?>(context, nameof(FindTunedRuns), state.JobId, otherwise: null) is { } runs
            ? await FollowAsync(context, state, tuned, runs, isLate)
            : Bounded(context, state);
    }

    private static async Task<FineTuningRequest?> FollowAsync(
        TaskOrchestrationContext context,
        FineTuningRequest state,
        FineTuningRuns tuned,
        TunedRuns runs,
        bool isLate
    )
    {
        if (runs.Waiting.Count > 0)
        {
            return tuned.TunedModel is { } model
                ? await DeployAsync(context, state, model, runs.Waiting, isLate)
                : await EndAsync(context, state, runs.Waiting, FineTuneFinished.WithoutModel(state.JobId));
        }

        if (runs.UnderWay > 0 || (tuned.IsPartial && !isLate))
        {
            // A run that is resumed later has the whole time again.
            return Bounded(context, state with { Until = tuned.IsPartial ? state.Until : null });
        }

        return Removing(state);
    }

    /// <summary>Has the models deployed and, once all are there, the runs released.</summary>
    private static async Task<FineTuningRequest?> DeployAsync(
        TaskOrchestrationContext context,
        FineTuningRequest state,
        string model,
        IReadOnlyList<WaitingRun> waiting,
        bool isLate
    )
    {
        state = state with { RemoveAt = state.RemoveAt ?? context.CurrentUtcDateTime + state.RemoveAfter, Looks = 0 };
        var deployed = await FineTuneFinished.LookAsync(
            context,
            nameof(DeployTunedModels),
            new TunedModelOfJob(state.JobId, model),
            otherwise: new DeployedModels(AreReady: false, [])
        );
        if (deployed.Failure is { } failure)
        {
            return await EndAsync(context, state, waiting, failure);
        }

        if (deployed.AreReady)
        {
            var wait = new DeploymentWait(model, [.. waiting.Select(run => run.RunId)])
            {
                Schedules = true,
                JobId = state.JobId,
                Deployed = deployed,
            };
            await FineTuneFinished.LookAsync(context, nameof(ReleaseTunedRuns), wait, otherwise: false);
            return Bounded(context, state);
        }

        return isLate || context.CurrentUtcDateTime >= state.RemoveAt
            ? await EndAsync(context, state, waiting, RunFailure.NotDeployedByApp(model, deployed.Problem))
            : state;
    }

    private static async Task<FineTuningRequest?> EndAsync(
        TaskOrchestrationContext context,
        FineTuningRequest state,
        IReadOnlyList<WaitingRun> waiting,
        RunFailure failure
    )
    {
        await FineTuneFinished.EndAsync(context, waiting, failure);
        return Bounded(context, state);
    }

    /// <summary>The state, which turns to removing when the deployments have had their time.</summary>
    private static FineTuningRequest? Bounded(TaskOrchestrationContext context, FineTuningRequest state) =>
        state.RemoveAt is { } end && context.CurrentUtcDateTime >= end ? Removing(state) : state;

    /// <summary>The state in which deployments are removed; null where none was asked for.</summary>
    private static FineTuningRequest? Removing(FineTuningRequest state) =>
        state.RemoveAt is null ? null : state with { IsRemoving = true, Looks = 0 };

    private static async Task<FineTuningRequest?> RemoveAsync(TaskOrchestrationContext context, FineTuningRequest state)
    {
        if (await FineTuneFinished.LookAsync(context, nameof(RemoveTunedModels), state.JobId, otherwise: false))
        {
            return null;
        }

        if (state.Looks < MaxLooksAtRemoval)
        {
            return state;
        }

        context.CreateReplaySafeLogger(nameof(FineTuneFinished)).DeploymentsLeft(state.JobId);
        return null;
    }
}
