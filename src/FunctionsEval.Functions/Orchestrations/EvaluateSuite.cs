using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// The root orchestration of a suite run: starts the runs of its datasets, waits until they have ended, and commits the verdict. Its
/// instance id is the suite run's id.
/// </summary>
internal static class EvaluateSuite
{
    /// <summary>The wait between two looks is a tenth of the time waited so far, within these bounds.</summary>
    public static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="MinWait"/>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    /// <summary>Number of looks after which the orchestration continues as new, so that the history of a long wait stays small.</summary>
    private const int LooksPerHistory = 50;

    private const int WaitShare = 10;

    [Function(nameof(EvaluateSuite))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var suite =
            context.GetInput<SuiteRequest>()
            ?? throw new InvalidOperationException("The orchestration was started without its suite request.");
        var failure = suite.Failure;
        try
        {
            if (failure is null && !await IsOverAsync(context, suite, reason => failure = reason))
            {
                return;
            }
        }
        catch (TaskFailedException fault)
        {
            failure = SuiteFailures.Internal(
                $"{fault.TaskName} failed with {fault.FailureDetails.ErrorType} after every retry. See the app's log for {suite.SuiteRunId}."
            );
        }

        await context.CallActivityAsync(
            nameof(CommitSuite),
            new SuiteEnd(suite.SuiteRunId, context.CurrentUtcDateTime, failure, suite.Resumption),
            RetryPolicies.Commit
        );
        await NotifyAsync(context, suite);
    }

    /// <summary>Starts the runs and waits for them; says why they were not waited for.</summary>
    /// <returns>Whether the suite run ends now; false where it is outdated, or goes on as new.</returns>
    private static async Task<bool> IsOverAsync(TaskOrchestrationContext context, SuiteRequest suite, Action<RunFailure> stop)
    {
        var step = new SuiteStep(suite.SuiteRunId, suite.Resumption);
        if (suite.Waiting is null)
        {
            if (!await context.CallActivityAsync<bool>(nameof(StartSuiteRuns), step, RetryPolicies.Infrastructure))
            {
                return false;
            }

            suite = suite with { Waiting = context.CurrentUtcDateTime };
        }

        var began = suite.Waiting.Value;
        var cancelled = context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent);
        for (var looks = 0; looks < LooksPerHistory; looks++)
        {
            var look = await context.CallActivityAsync<SuiteLook>(nameof(CheckSuiteRuns), step, RetryPolicies.Infrastructure);
            if (look.IsOutdated)
            {
                return false;
            }

            if (look.CancelRequested && !suite.IsStopped)
            {
                await context.CallActivityAsync(nameof(StopSuiteRuns), step, RetryPolicies.Infrastructure);
                suite = suite with { IsStopped = true };
            }

            if (suite.IsStopped ? look.OwnUnfinished == 0 : look.Unfinished == 0)
            {
                if (suite.IsStopped)
                {
                    stop(SuiteFailures.Cancelled);
                }

                return true;
            }

            if (context.CurrentUtcDateTime >= began + suite.Deadline)
            {
                stop(suite.IsStopped ? SuiteFailures.Cancelled : SuiteFailures.DeadlineReached);
                return true;
            }

            await WaitAsync(context, began, cancelled);
        }

        context.ContinueAsNew(suite);
        return false;
    }

    private static async Task WaitAsync(TaskOrchestrationContext context, DateTime began, Task cancelled)
    {
        var waited = (context.CurrentUtcDateTime - began) / WaitShare;
        var wait =
            waited < MinWait ? MinWait
            : waited > MaxWait ? MaxWait
            : waited;
        using var woken = new CancellationTokenSource();
        var timer = context.CreateTimer(context.CurrentUtcDateTime + wait, woken.Token);
        // One event is enough to stop: the second look is at the runs that stop.
        if (!cancelled.IsCompleted && await Task.WhenAny(timer, cancelled) == cancelled)
        {
            woken.Cancel(); // CancelAsync would go on in another thread, which an orchestrator must not.
            return;
        }

        await timer;
    }

    /// <summary>The suite run has ended, even if the notification fails.</summary>
    private static async Task NotifyAsync(TaskOrchestrationContext context, SuiteRequest suite)
    {
        if (suite.NotifiedWebhook is { } webhook)
        {
            await NotifyAsync(context, nameof(NotifyWebhook), suite, webhook);
        }

        if (suite.NotifiesQueue)
        {
            await NotifyAsync(context, nameof(NotifyQueue), suite, "");
        }
    }

    private static async Task NotifyAsync(TaskOrchestrationContext context, string activity, SuiteRequest suite, string webhook)
    {
        try
        {
            var request = new NotifyRequest(suite.SuiteRunId, webhook, suite.Resumption) { IsSuite = true };
            await context.CallActivityAsync(activity, request, RetryPolicies.Notification);
        }
        catch (TaskFailedException givenUp)
        {
            context
                .CreateReplaySafeLogger(nameof(EvaluateSuite))
                .NotificationGivenUp(suite.SuiteRunId, activity, $"every attempt failed, the last with {givenUp.FailureDetails.ErrorType}");
        }
    }
}
