using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>Ensures that a suite run has a live orchestration, as <see cref="RunScheduler"/> does for runs.</summary>
internal sealed class SuiteScheduler(
    RunTables tables,
    SuiteBlobs blobs,
    SuiteCommit commit,
    TimeProvider time,
    ILogger<SuiteScheduler> logger
)
{
    /// <summary>
    /// Schedules the orchestration, unless it is live or the suite run has ended. Any number of callers may do so at once: one schedules.
    /// </summary>
    /// <returns>Whether this call scheduled it.</returns>
    public async Task<bool> EnsureScheduledAsync(string suiteRunId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await FindUnfinishedAsync(suiteRunId, cancellationToken) is not { } seen)
        {
            return false;
        }

        var instanceId = OrchestrationNames.InstanceOfRun(suiteRunId, seen.Resumptions);
        var instance = await durable.FindAsync(instanceId, cancellationToken);
        // A suite run ends before its orchestration does. If the row is unfinished after this look, no orchestration will finish it.
        if (
            instance.IsLive()
            || await FindUnfinishedAsync(suiteRunId, cancellationToken) is not { } suite
            || suite.Resumptions != seen.Resumptions
        )
        {
            return false;
        }

        await tables.Suites.IndexAsync(suite, cancellationToken);
        if (await blobs.FindPlanAsync(suiteRunId, cancellationToken) is not { } plan)
        {
            await commit.CommitAsync(
                new SuiteEnd(suiteRunId, time.GetUtcNow().UtcDateTime, NoPlan(suiteRunId), suite.Resumptions),
                cancellationToken
            );
            return false;
        }

        return await ScheduleAsync(RequestOf(suite, plan, instance), durable, cancellationToken);
    }

    /// <summary>
    /// Wakes the orchestration of a suite run whose cancellation was requested. Without an orchestration, schedules one that ends it.
    /// </summary>
    public async Task StopAsync(SuiteRun suite, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await EnsureScheduledAsync(suite.SuiteRunId, durable, cancellationToken))
        {
            return;
        }

        var instanceId = OrchestrationNames.InstanceOfRun(suite.SuiteRunId, suite.Resumptions);
        if (await durable.TryWakeAsync(instanceId, OrchestrationNames.CancelEvent, cancellationToken) is { } refused)
        {
            // It has ended meanwhile. If not, it finds the request in the row at its next look.
            logger.CancelNotDelivered(suite.SuiteRunId, refused.ToString());
        }
    }

    private async Task<SuiteRun?> FindUnfinishedAsync(string suiteRunId, CancellationToken cancellationToken) =>
        await tables.Suites.FindAsync(suiteRunId, cancellationToken) is { Run: { Status.HasEnded: false } suite } ? suite : null;

    private static SuiteRequest RequestOf(SuiteRun suite, SuitePlan plan, OrchestrationMetadata? instance) =>
        new(suite.SuiteRunId, plan.Deadline, suite.Resumptions)
        {
            NotifiedWebhook = plan.NotifiedWebhook,
            NotifiesQueue = plan.NotifiesQueue,
            // An orchestration that failed would fail again, so a new one ends the suite run and sends the notifications.
            Failure =
                instance is null || suite.Status != RunStatus.Running ? null
                : suite.CancelRequested ? SuiteFailures.Cancelled
                : SuiteFailures.Internal($"The orchestration ended as {instance.RuntimeStatus} before the suite run ended."),
        };

    private async Task<bool> ScheduleAsync(SuiteRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var isNew = await durable.TryScheduleAsync(
            OrchestrationNames.EvaluateSuite,
            OrchestrationNames.InstanceOfRun(request.SuiteRunId, request.Resumption),
            request,
            cancellationToken
        );
        if (isNew)
        {
            logger.SuiteStarted(request.SuiteRunId);
        }

        return isNew;
    }

    private static RunFailure NoPlan(string suiteRunId) =>
        SuiteFailures.Internal($"{StorageNames.Runs}/{StorageNames.SuitePlan(suiteRunId)} no longer exists.");
}
