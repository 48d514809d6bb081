using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// What follows a fine-tuning job: reserve a run for every dataset whose suite is for such jobs, wait until the tuned model is deployed,
/// evaluate. Its instance id is made of the job's id, so that ten events of one job are one.
/// </summary>
internal static class FineTuneFinished
{
    private const int LooksPerStep = 5;
    private const int LongestWait = 10;

    public static string InstanceOf(string jobId) => "fine-tune-" + jobId;

    [Function(nameof(FineTuneFinished))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<FineTuneRequest>()
            ?? throw new InvalidOperationException("The orchestration was started without its job.");
        var deadline = context.CurrentUtcDateTime + request.Deadline;

        var looks = 0;
        TunedRuns tuned;
        while (!(tuned = await context.CallActivityAsync<TunedRuns>(nameof(ReserveTunedRuns), request.JobId, RetryPolicies.Infrastructure)).HasEnded)
        {
            if (!await WaitAsync(context, request, deadline, looks++))
                return;
        }

        if (tuned.Runs.Count == 0)
            return;
        var wait = new DeploymentWait(tuned.TunedModel!, [.. tuned.Runs.Select(run => run.RunId)]);
        while (!await context.CallActivityAsync<bool>(nameof(ReleaseTunedRuns), wait, RetryPolicies.Infrastructure))
        {
            if (!await WaitAsync(context, request, deadline, looks++))
            {
                await EndAsync(context, wait);
                return;
            }
        }

        // What becomes of a run is in its row: one that fails does not stop the others.
        await Task.WhenAll(tuned.Runs.Select(run =>
            context.CallSubOrchestratorAsync(nameof(EvaluateDataset), run, new SubOrchestrationOptions(instanceId: run.RunId))));
    }

    /// <summary>Waits for the next look, the longer the more there were; false when the deadline comes first.</summary>
    private static async Task<bool> WaitAsync(TaskOrchestrationContext context, FineTuneRequest request, DateTime deadline, int looks)
    {
        var next = context.CurrentUtcDateTime + (request.CheckEvery * Math.Min(LongestWait, 1 + (looks / LooksPerStep)));
        if (next > deadline)
            return false;
        await context.CreateTimer(next, CancellationToken.None);
        return true;
    }

    private static async Task EndAsync(TaskOrchestrationContext context, DeploymentWait wait)
    {
        var failure = new RunFailure(
            "deployment_not_found",
            $"The tuned model {wait.TunedModel} was not deployed in time (FineTuning__DeploymentDeadline). Deploy it, then start an evaluation by POST /api/evaluations.");
        foreach (var runId in wait.RunIds)
            await context.CallActivityAsync(nameof(CommitRun), new RunEnd(runId, context.CurrentUtcDateTime, failure), RetryPolicies.Infrastructure);
    }
}
