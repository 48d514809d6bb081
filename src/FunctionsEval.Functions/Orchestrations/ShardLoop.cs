using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>Calls <c>EvaluateShard</c> for a range of work items, each until it is finished.</summary>
internal static class ShardLoop
{
    /// <summary>
    /// Waits before an endpoint that could not be reached is tried again; after the last one the run fails. With the
    /// back-off inside the three rounds of calls, up to 16 s each, an endpoint may be away for about a minute.
    /// </summary>
    private static readonly TimeSpan[] UnreachableWaits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)];

    /// <summary>Evaluates work items <c>[first, first + count)</c> side by side; item i is shard i ÷ roles for role i mod roles.</summary>
    /// <returns>The first failure in item order, else the first reason to stop, or null when all are finished.</returns>
    public static async Task<RunFailure?> EvaluateAsync(TaskOrchestrationContext context, ShardGroup group)
    {
        var reports = await Task.WhenAll(Enumerable.Range(group.First, group.Count).Select(item =>
            ToEndAsync(context, new ShardWork(
                group.RunId, group.Roles[item % group.Roles.Count], item / group.Roles.Count, group.Deadline, group.Resumption, group.IsSettling))));
        // What makes the run fail outweighs what only stops it.
        return reports.FirstOrDefault(failure => failure is { IsStop: false }) ?? reports.FirstOrDefault(failure => failure is not null);
    }

    private static async Task<RunFailure?> ToEndAsync(TaskOrchestrationContext context, ShardWork work)
    {
        var unreachable = 0;
        while (true)
        {
            var report = await context.CallActivityAsync<ShardReport>(nameof(EvaluateShard), work, RetryPolicies.Infrastructure);
            if (report.Status is ShardStatus.Completed or ShardStatus.Failed)
                return report.Failure;

            var wait = report.RetryAfter;
            if (report.Status == ShardStatus.Unreachable)
            {
                if (unreachable == UnreachableWaits.Length)
                    return report.Failure;
                wait = UnreachableWaits[unreachable++];
            }

            var now = context.CurrentUtcDateTime;
            if (now + wait >= work.Deadline)
                return RunFailure.DeadlineReached;
            if (wait > TimeSpan.Zero)
                await context.CreateTimer(now + wait, CancellationToken.None);
        }
    }
}
