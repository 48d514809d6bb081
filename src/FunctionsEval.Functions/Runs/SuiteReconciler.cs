using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Continues suite runs that have not ended and have no live orchestration, and starts those of suites whose datasets were uploaded.
/// </summary>
internal sealed class SuiteReconciler(
    RunTables tables,
    SuiteScheduler scheduler,
    SuiteStarter starter,
    SuiteFolders specs,
    SuitePlanner planner,
    TimeProvider time,
    ILogger<SuiteReconciler> logger
)
{
    /// <summary>
    /// How long nothing is uploaded into a suite before its suite run starts: datasets that come together are evaluated together.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    /// <summary>How long after the latest upload a suite waits for the datasets that its spec names; then they are missing.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    /// <summary>Minimum time for which a suite run is listed as open: within it a starter writes the row.</summary>
    private static readonly TimeSpan ListedFor = TimeSpan.FromMinutes(15);

    /// <summary>Checks every open suite run and every waiting suite. The next pass checks what cannot be checked now.</summary>
    public async Task ReconcileAllAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        await foreach (var open in tables.Suites.Open.ReadAsync(cancellationToken))
        {
            await logger.TryReconcileAsync(open.RunId, () => ReconcileAsync(open, durable, cancellationToken));
        }

        foreach (var (waiting, version) in await tables.Suites.Waiting.ReadAsync(cancellationToken))
        {
            await logger.TryReconcileAsync(
                $"{StorageNames.Datasets}/{waiting.Suite}",
                async () =>
                {
                    if (await IsReadyAsync(waiting, cancellationToken))
                    {
                        await starter.StartOrLogAsync(new SuiteStart(waiting.Suite, "upload"), durable, cancellationToken);
                        await tables.Suites.Waiting.RemoveAsync(waiting.Suite, version, cancellationToken);
                    }
                }
            );
        }
    }

    /// <summary>The suites that wait for uploads, each with what its spec names and is not there.</summary>
    public async Task<IReadOnlyList<WaitingSuite>> ReadWaitingAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<WaitingSuite>();
        foreach (var (suite, _) in await tables.Suites.Waiting.ReadAsync(cancellationToken))
        {
            waiting.Add(suite with { Missing = await FindMissingAsync(suite.Suite, cancellationToken) });
        }

        return waiting;
    }

    private async Task ReconcileAsync(OpenRun open, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await tables.Suites.FindAsync(open.RunId, cancellationToken) is { Run.Status.HasEnded: false })
        {
            await scheduler.EnsureScheduledAsync(open.RunId, durable, cancellationToken);
        }
        else if (open.Listed < time.GetUtcNow() - ListedFor)
        {
            await tables.Suites.Open.RemoveAsync(open, cancellationToken);
        }
    }

    private async Task<bool> IsReadyAsync(WaitingSuite waiting, CancellationToken cancellationToken)
    {
        var waited = time.GetUtcNow() - waiting.LatestUpload;
        return waited >= MaxWait || (waited >= Quiet && (await FindMissingAsync(waiting.Suite, cancellationToken)).Count == 0);
    }

    private async Task<IReadOnlyList<string>> FindMissingAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await specs.FindAsync(folder, cancellationToken) is { } suite
                ? await planner.FindMissingAsync(suite, cancellationToken)
                : [];
        }
        catch (SpecException)
        {
            return []; // The start says what is wrong with it.
        }
    }
}
