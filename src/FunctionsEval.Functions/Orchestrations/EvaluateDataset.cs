using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
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
        var run =
            context.GetInput<RunRequest>() ?? throw new InvalidOperationException("The orchestration was started without its run request.");
        RunFailure? failure;
        try
        {
            failure = await EvaluateAsync(context, run);
        }
        catch (TaskFailedException fault)
        {
            failure = RunFailure.Internal(run.RunId, fault.TaskName, fault.FailureDetails.ErrorType);
        }

        if (failure == RunFailure.Superseded)
        {
            return;
        }

        await RunEnding.EndAsync(context, run, failure);
    }

    private static async Task<RunFailure?> EvaluateAsync(TaskOrchestrationContext context, RunRequest run)
    {
        if (run.Failure is { } known)
        {
            return known;
        }

        var deadline = context.CurrentUtcDateTime + run.Deadline;
        var plan = await context.CallActivityAsync<PlanReport>(nameof(PlanShards), run, RetryPolicies.Infrastructure);
        if (plan.Failure is not null)
        {
            return plan.Failure;
        }

        var all = new ShardGroup(run.RunId, plan.Roles, 0, plan.Shards * plan.Roles.Count, deadline, run.Resumption)
        {
            Window = plan.Window,
            BaselineFirst = plan.BaselineFirst,
            ShardsMerged = plan.ShardsMerged,
            ItemsOfRun = plan.ShardsMerged > 0 ? plan.Shards * plan.Roles.Count : 0,
            LinesBefore = plan.ShardsMerged > 0 ? 0 : null,
        };
        var stop = await EvaluateShardsAsync(context, all, context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent));
        if (stop is { IsStop: true })
        {
            // No call is made any longer; the answers so far are summed up.
            var settling = all with
            {
                IsSettling = true,
                Deadline = DateTime.MaxValue,
            };
            if (await EvaluateShardsAsync(context, settling, cancelled: Never()) is { } unsettled)
            {
                return unsettled;
            }
        }
        else if (stop is not null)
        {
            return stop;
        }

        var request = new SummaryRequest(run.RunId, run.Resumption, IsComplete: stop is null)
        {
            Stop = stop,
            Answered = context.CurrentUtcDateTime,
            ShardsMerged = plan.ShardsMerged,
        };
        if (plan.ShardsMerged == 0)
        {
            // A version before ranges were merged planned the run.
            await context.CallActivityAsync(nameof(WriteSamples), request, RetryPolicies.Infrastructure);
        }

        return await context.CallActivityAsync<RunFailure?>(nameof(WriteSummary), request, RetryPolicies.Infrastructure) ?? stop;
    }

    /// <summary>A new task for each use, because a task holds everything that waits for it.</summary>
    private static Task Never() => new TaskCompletionSource().Task;

    /// <summary>
    /// Small runs are evaluated here. Large runs, and the shards of small runs that take many calls, are evaluated in groups.
    /// </summary>
    private static async Task<RunFailure?> EvaluateShardsAsync(TaskOrchestrationContext context, ShardGroup all, Task cancelled)
    {
        if (all.Count > GroupSize)
        {
            var groups = Enumerable
                .Range(0, (all.Count + GroupSize - 1) / GroupSize)
                .Select(group =>
                    all with
                    {
                        First = group * GroupSize,
                        Count = Math.Min(GroupSize, all.Count - (group * GroupSize)),
                        LinesBefore = group == 0 ? all.LinesBefore : null,
                    }
                );
            return await ShardGroups.EvaluateAsync(context, groups, cancelled);
        }

        var end = await ShardLoop.EvaluateAsync(context, all, cancelled);
        return end is { Failure: null, Unfinished: [_, ..] }
            ? await ShardGroups.EvaluateAsync(context, [end.Rest], cancelled)
            : end.Failure;
    }
}
