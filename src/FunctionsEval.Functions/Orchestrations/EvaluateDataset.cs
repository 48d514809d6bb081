using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>The root orchestration of a run: plan, fan out, fan in, commit. Its instance id is the run id.</summary>
internal static class EvaluateDataset
{
    /// <summary>Work items one orchestration fans out itself; more are dealt out to <see cref="EvaluateShardGroup"/>.</summary>
    public const int GroupSize = 100;

    [Function(nameof(EvaluateDataset))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<RunRequest>()
            ?? throw new InvalidOperationException("The orchestration was started without its run request.");
        RunFailure? failure;
        try
        {
            failure = await EvaluateAsync(context, run);
        }
        catch (TaskFailedException fault)
        {
            failure = new RunFailure(
                "internal_error",
                $"{fault.TaskName} failed with {fault.FailureDetails.ErrorType} after every retry. See the app's log for run {run.RunId}.");
        }

        await context.CallActivityAsync(
            nameof(CommitRun), new RunEnd(run.RunId, context.CurrentUtcDateTime, failure), RetryPolicies.Infrastructure);
    }

    private static async Task<RunFailure?> EvaluateAsync(TaskOrchestrationContext context, RunRequest run)
    {
        var deadline = context.CurrentUtcDateTime + run.Deadline;
        var plan = await context.CallActivityAsync<PlanReport>(nameof(PlanShards), run, RetryPolicies.Infrastructure);
        if (plan.Failure is not null)
            return plan.Failure;

        var items = plan.Shards * plan.Roles.Count;
        var all = new ShardGroup(run.RunId, plan.Roles, 0, items, deadline);
        var failure = items <= GroupSize
            ? await ShardLoop.EvaluateAsync(context, all)
            : await EvaluateGroupsAsync(context, all);
        if (failure is not null)
            return failure;

        var request = new SummaryRequest(run.RunId);
        await context.CallActivityAsync(nameof(WriteSamples), request, RetryPolicies.Infrastructure);
        return await context.CallActivityAsync<RunFailure?>(nameof(WriteSummary), request, RetryPolicies.Infrastructure);
    }

    private static async Task<RunFailure?> EvaluateGroupsAsync(TaskOrchestrationContext context, ShardGroup all)
    {
        var groups = Enumerable.Range(0, (all.Count + GroupSize - 1) / GroupSize)
            .Select(group => all with { First = group * GroupSize, Count = Math.Min(GroupSize, all.Count - group * GroupSize) })
            .Select(group => context.CallSubOrchestratorAsync<RunFailure?>(nameof(EvaluateShardGroup), group));
        var failures = await Task.WhenAll(groups);
        return failures.FirstOrDefault(failure => failure is not null);
    }
}
