using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>The last steps of every root orchestration: the run's end is written, then told.</summary>
internal static class RunEnding
{
    /// <summary>Ends a run and tells who the spec names.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="run">The run.</param>
    /// <param name="failure">Why it failed or was stopped; null for a complete run.</param>
    public static async Task EndAsync(TaskOrchestrationContext context, RunRequest run, RunFailure? failure)
    {
        await context.CallActivityAsync(
            nameof(CommitRun),
            new RunEnd(run.RunId, context.CurrentUtcDateTime, failure, run.Resumption),
            RetryPolicies.Commit
        );
        if (run.NotifiedWebhook is { } webhook)
        {
            await NotifyAsync(context, nameof(NotifyWebhook), new NotifyRequest(run.RunId, webhook, run.Resumption));
        }

        if (run.NotifiesQueue)
        {
            await NotifyAsync(context, nameof(NotifyQueue), new NotifyRequest(run.RunId, "", run.Resumption));
        }
    }

    /// <summary>The run has ended, even if the notification fails.</summary>
    private static async Task NotifyAsync(TaskOrchestrationContext context, string activity, NotifyRequest request)
    {
        try
        {
            await context.CallActivityAsync(activity, request, RetryPolicies.Notification);
        }
        catch (TaskFailedException givenUp)
        {
            context
                .CreateReplaySafeLogger(nameof(RunEnding))
                .NotificationGivenUp(request.RunId, activity, $"every attempt failed, the last with {givenUp.FailureDetails.ErrorType}");
        }
    }
}
