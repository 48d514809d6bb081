using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// The root orchestration of a group of candidates: the baseline's run, then the candidates' runs at once, then what they say together. Its
/// instance id is the group's run id. Each run has an orchestration of its own, so a group that is lost loses none of them.
/// </summary>
internal static class EvaluateCandidates
{
    /// <summary>Looks after which the orchestration goes on as new, so that the history of a long wait stays small.</summary>
    private const int LooksPerHistory = 20;

    /// <summary>A wait is this share of the time that was waited before.</summary>
    private const int WaitShare = 8;

    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Function(nameof(EvaluateCandidates))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var group =
            context.GetInput<GroupProgress>() ?? throw new InvalidOperationException("The orchestration was started without its group.");
        var now = context.CurrentUtcDateTime;
        group = group with { Since = group.Since ?? now, Until = group.Until ?? now + group.Run.Deadline };
        RunFailure? failure;
        try
        {
            (var next, failure) = await EvaluateAsync(context, group);
            if (next is not null)
            {
                context.ContinueAsNew(next);
                return;
            }
        }
        catch (TaskFailedException fault)
        {
            failure = RunFailure.Internal(group.Run.RunId, fault.TaskName, fault.FailureDetails.ErrorType);
        }

        if (failure == RunFailure.Superseded)
        {
            return;
        }

        if (failure is { IsStop: false } || group.Run.Failure is not null)
        {
            await StopAsync(context, group.Run.RunId);
        }

        await RunEnding.EndAsync(context, group.Run, failure);
    }

    /// <returns>Where the next history begins, or, without one, why the group stops or fails; null for neither.</returns>
    private static async Task<(GroupProgress? Next, RunFailure? Failure)> EvaluateAsync(
        TaskOrchestrationContext context,
        GroupProgress group
    )
    {
        if (group.Run.Failure is { } known)
        {
            return (null, known);
        }

        var cancelled = context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent);
        for (var look = 0; look < LooksPerHistory; look++)
        {
            var step = new GroupStep(group.Run.RunId, group.Run.Resumption, group.Stage, group.Until!.Value);
            var report = await context.CallActivityAsync<GroupReport>(nameof(FollowCandidates), step, RetryPolicies.Infrastructure);
            if (report.Open > 0)
            {
                await WaitAsync(context, group.Since!.Value, cancelled);
            }
            else if (report.Failure is not null || group.Stage == GroupStage.Candidates)
            {
                return (null, await SumUpAsync(context, group.Run, report.Failure));
            }
            else
            {
                group = group with { Stage = GroupStage.Candidates, Since = context.CurrentUtcDateTime };
            }
        }

        return (group, null);
    }

    /// <summary>Sums up what there is, unless the group failed.</summary>
    private static async Task<RunFailure?> SumUpAsync(TaskOrchestrationContext context, RunRequest run, RunFailure? failure)
    {
        if (failure is { IsStop: false })
        {
            return failure;
        }

        var request = new SummaryRequest(run.RunId, run.Resumption, IsComplete: failure is null)
        {
            Stop = failure,
            Answered = context.CurrentUtcDateTime,
        };
        return await context.CallActivityAsync<RunFailure?>(nameof(WriteCandidates), request, RetryPolicies.Infrastructure) ?? failure;
    }

    /// <summary>Waits for a part of the time that was waited before, or until the group is cancelled.</summary>
    private static async Task WaitAsync(TaskOrchestrationContext context, DateTime since, Task cancelled)
    {
        var now = context.CurrentUtcDateTime;
        var wait = TimeSpan.FromTicks(Math.Clamp((now - since).Ticks / WaitShare, MinWait.Ticks, MaxWait.Ticks));
        using var given = new CancellationTokenSource();
        var timer = context.CreateTimer(now + wait, given.Token);
        if (cancelled.IsCompleted)
        {
            await timer;
        }
        else if (await Task.WhenAny(timer, cancelled) == cancelled)
        {
            given.Cancel(); // CancelAsync would go on in another thread, which an orchestrator must not.
        }
    }

    /// <summary>
    /// The runs of a group that failed would find nobody who waits for them. The reconciler stops those that are missed here.
    /// </summary>
    private static async Task StopAsync(TaskOrchestrationContext context, string runId)
    {
        try
        {
            await context.CallActivityAsync(nameof(StopCandidates), runId, RetryPolicies.Infrastructure);
        }
        catch (TaskFailedException)
        {
            // The group's end is worth more than this.
        }
    }
}
