using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Follows a fine-tuning job: reserves a run for every dataset whose spec matches the job, waits until the tuned model is deployed, and
/// has the runs scheduled. Its instance id contains the job's id, so that ten events of one job start one instance.
/// </summary>
/// <remarks>A look that fails counts as one without a result. It is repeated until the deadline.</remarks>
internal static class FineTuneFinished
{
    private const int LooksPerStep = 5;
    private const int MaxWaitFactor = 10;

    /// <summary>Number of looks after which the orchestration continues as new, so that the history of a long wait stays small.</summary>
    private const int LooksPerHistory = 30;

    [Function(nameof(FineTuneFinished))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request =
            context.GetInput<FineTuningRequest>() ?? throw new InvalidOperationException("The orchestration was started without its job.");
        if (request.RemoveAfter is not null)
        {
            await DeployedEvaluation.RunAsync(context, request);
            return;
        }

        var deadline = request.Until ?? context.CurrentUtcDateTime + request.Deadline;
        var tuned = request.Found ?? new FineTuningRuns(HasEnded: false, null, []);
        for (var looks = request.Looks; ; looks++)
        {
            if (!tuned.HasEnded || tuned.IsPartial)
            {
                tuned = await LookAsync(context, nameof(ReserveTunedRuns), request.JobId, otherwise: tuned);
            }

            if (tuned.HasEnded && await IsReleasedAsync(context, request.JobId, tuned) && !tuned.IsPartial)
            {
                break;
            }

            var next = context.CurrentUtcDateTime + (request.CheckEvery * Math.Min(MaxWaitFactor, 1 + (looks / LooksPerStep)));
            if (next > deadline)
            {
                await EndAsync(context, WaitingOf(tuned), RunFailure.NotDeployed(tuned.TunedModel ?? request.JobId));
                return;
            }

            await context.CreateTimer(next, CancellationToken.None);
            // A history in which runs are sub-orchestrations is of a version that did not continue as new.
            if (tuned.Waiting is not null && looks - request.Looks >= LooksPerHistory)
            {
                context.ContinueAsNew(request with { Until = deadline, Looks = looks + 1, Found = tuned });
                return;
            }
        }

        // A run's result is in its row, so a failed run does not stop the others.
        await Task.WhenAll(
            tuned.Runs.Select(run =>
                context.CallSubOrchestratorAsync(nameof(EvaluateDataset), run, new SubOrchestrationOptions(instanceId: run.RunId))
            )
        );
    }

    /// <summary>Whether no run waits any more: the model is deployed and its runs are scheduled, or there are none.</summary>
    private static async Task<bool> IsReleasedAsync(TaskOrchestrationContext context, string jobId, FineTuningRuns tuned)
    {
        var waiting = WaitingOf(tuned);
        if (waiting.Count == 0)
        {
            return true;
        }

        if (tuned.TunedModel is { } model)
        {
            var wait = new DeploymentWait(model, [.. waiting.Select(run => run.RunId)])
            {
                Schedules = tuned.Waiting is not null,
                JobId = jobId,
            };
            return await LookAsync(context, nameof(ReleaseTunedRuns), wait, otherwise: false);
        }

        await EndAsync(context, waiting, WithoutModel(jobId));
        return true;
    }

    private static IReadOnlyList<WaitingRun> WaitingOf(FineTuningRuns tuned) =>
        tuned.Waiting ?? [.. tuned.Runs.Select(run => new WaitingRun(run.RunId, run.Resumption))];

    /// <summary>The result of an activity; <paramref name="otherwise"/> when every attempt failed.</summary>
    internal static async Task<T> LookAsync<T>(TaskOrchestrationContext context, string activity, object input, T otherwise)
    {
        try
        {
            return await context.CallActivityAsync<T>(activity, input, RetryPolicies.Infrastructure);
        }
        catch (TaskFailedException)
        {
            return otherwise;
        }
    }

    /// <summary>Why runs end whose job has no model.</summary>
    internal static RunFailure WithoutModel(string jobId) =>
        new(
            "fine_tune_failed",
            $"Fine-tuning job {jobId} ended without a model, or no longer exists. See the job's events at the provider for the cause."
        );

    /// <summary>Ends runs that still wait.</summary>
    internal static async Task EndAsync(TaskOrchestrationContext context, IReadOnlyList<WaitingRun> waiting, RunFailure failure)
    {
        foreach (var run in waiting)
        {
            try
            {
                await context.CallActivityAsync(
                    nameof(CommitRun),
                    new RunEnd(run.RunId, context.CurrentUtcDateTime, failure, run.Resumption) { OnlyIfWaiting = true },
                    RetryPolicies.Infrastructure
                );
            }
            catch (TaskFailedException fault)
            {
                // The reconciler ends it.
                context
                    .CreateReplaySafeLogger(nameof(FineTuneFinished))
                    .RunNotReleased(run.RunId, $"its failure could not be recorded: {fault.FailureDetails.ErrorType}");
            }
        }
    }
}
