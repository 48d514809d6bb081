using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Starts suite runs: plans, reserves and schedules them. Everything a suite run needs is in its plan before its row is written, so that
/// any process can finish the work of a starter that ended. Asking twice for the same gives the same suite run.
/// </summary>
internal sealed class SuiteStarter(
    SuiteFolders specs,
    SuitePlanner planner,
    RunTables tables,
    RunBlobs blobs,
    SuiteBlobs suiteBlobs,
    SuiteScheduler scheduler,
    CallerContexts contexts,
    IOptions<NotificationOptions> notifications,
    TimeProvider time,
    ILogger<SuiteStarter> logger
)
{
    /// <summary>Starts a suite run, or says why it cannot be started.</summary>
    public async Task<SuiteStartResult> StartAsync(SuiteStart start, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        SuiteFolder? suite;
        try
        {
            suite = await specs.FindAsync(start.Suite, cancellationToken);
        }
        catch (SpecException invalid)
        {
            return new SuiteStartResult.Refused(new RunFailure("invalid_spec", invalid.Message));
        }

        if (suite is null)
        {
            return new SuiteStartResult.NotFound(
                new RunFailure(
                    "suite_not_found",
                    $"{StorageNames.Datasets}/{start.Suite}/ has no evaluation.json with the section suite. "
                        + """Add "suite": {} to it for one verdict over the folder's datasets, or check the name."""
                )
            );
        }

        if (CheckWebhook(suite) is { } problem)
        {
            return new SuiteStartResult.Refused(problem);
        }

        if (await planner.PlanAsync(suite, start, cancellationToken) is not { } planned)
        {
            return new SuiteStartResult.Refused(
                new RunFailure(
                    "too_many_datasets",
                    $"{StorageNames.Datasets}/{suite.Folder}/ has more than {SpecLimits.MaxSuiteDatasets} datasets. "
                        + "Move some to a folder that is not below it."
                )
            );
        }

        var isNew = await TryReserveAsync(suite, start, planned, cancellationToken);
        var kept = await contexts.KeepForSuiteAsync(planned.Plan.SuiteRunId, start.Context, cancellationToken);
        await scheduler.EnsureScheduledAsync(planned.Plan.SuiteRunId, durable, cancellationToken);
        return new SuiteStartResult.Accepted(planned.Plan.SuiteRunId, isNew) { ContextKept = kept };
    }

    /// <summary>Starts a suite run as <see cref="StartAsync"/>; what it cannot be is logged.</summary>
    public async Task StartOrLogAsync(SuiteStart start, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await StartAsync(start, durable, cancellationToken) is SuiteStartResult.Refused { Failure: var failure })
        {
            logger.SuiteNotStarted(start.Suite, failure.Code, failure.Message);
        }
    }

    private async Task<bool> TryReserveAsync(SuiteFolder suite, SuiteStart start, PlannedSuite planned, CancellationToken cancellationToken)
    {
        var plan = planned.Plan;
        if (await tables.Suites.FindAsync(plan.SuiteRunId, cancellationToken) is not null)
        {
            return false;
        }

        foreach (var run in plan.Members.Select(member => member.Run).OfType<Run>())
        {
            if (await tables.FindRunAsync(run.RunId, cancellationToken) is null)
            {
                var spec = planned.Specs[run.RunId] with { Notify = null };
                await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
            }
        }

        await suiteBlobs.WritePlanAsync(plan, cancellationToken);
        return await tables.Suites.TryReserveAsync(
            new SuiteRun
            {
                SuiteRunId = plan.SuiteRunId,
                Status = RunStatus.Pending,
                Suite = suite.Folder,
                Name = suite.Spec.Name ?? suite.Folder,
                Attempt = start.Attempt,
                Source = start.Source,
                FineTuneJob = start.FineTuneJob,
                CodeVersion = CodeVersion.Current,
                Started = time.GetUtcNow(),
            },
            cancellationToken
        );
    }

    private RunFailure? CheckWebhook(SuiteFolder suite) =>
        suite.Spec.Notify?.Webhook is { } webhook && !notifications.Value.Webhooks.ContainsKey(webhook)
            ? new RunFailure(
                "invalid_spec",
                $"{suite.Folder}/evaluation.json: notify.webhook: webhook '{webhook}' is not configured. "
                    + $"Add the app settings {NotificationOptions.Section}__Webhooks__{webhook}__Url and __Secret, or leave it out."
            )
            : null;
}
