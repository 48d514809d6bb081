using System.Globalization;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The suite runs: the table <c>EvaluationSuites</c>. Each change holds only for the row that was read. A suite run is listed as open
/// before its row is written, so that none is missed.
/// </summary>
internal sealed class SuiteTable(TableServiceClient service)
{
    private const string AllPartition = "all";
    private const string IdColumn = "SuiteRunId";

    private readonly TableClient _suites = service.GetTableClient(StorageNames.SuitesTable);

    /// <summary>The suite runs that may not have ended.</summary>
    public OpenRuns Open { get; } = OpenRuns.OfSuites(service);

    /// <summary>The suites whose datasets are being uploaded.</summary>
    public WaitingSuites Waiting { get; } = new(service);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) => await _suites.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Inserts a suite run; false when it exists already.</summary>
    public async Task<bool> TryReserveAsync(SuiteRun suite, CancellationToken cancellationToken)
    {
        await Open.AddAsync(suite.SuiteRunId, cancellationToken);
        return await _suites.TryInsertAsync(StoredSuite.ToNewRow(suite), StoredSuite.Mark, cancellationToken);
    }

    /// <summary>Writes the index rows of a suite run. Repeatable.</summary>
    public async Task IndexAsync(SuiteRun suite, CancellationToken cancellationToken)
    {
        var order = (DateTimeOffset.MaxValue.Ticks - suite.Started!.Value.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
        foreach (var partition in new[] { AllPartition, PartitionOf(suite.Suite) })
        {
            await _suites.UpsertEntityAsync(
                new TableEntity(partition, $"{order}|{suite.SuiteRunId}") { [IdColumn] = suite.SuiteRunId },
                TableUpdateMode.Replace,
                cancellationToken
            );
        }
    }

    /// <summary>A suite run; null when there is none.</summary>
    public async Task<StoredSuite?> FindAsync(string suiteRunId, CancellationToken cancellationToken)
    {
        if (suiteRunId != StorageNames.Key(suiteRunId) || BlobNames.FindProblem(suiteRunId) is not null)
        {
            return null; // Such an id would not be safe as a table key and a blob folder, so no suite run has it.
        }

        var row = await _suites.GetEntityIfExistsAsync<TableEntity>(suiteRunId, SuiteEntity.RowKey, cancellationToken: cancellationToken);
        return row.HasValue ? StoredSuite.Read(row.Value!) : null;
    }

    /// <summary>Changes a suite run as it was read; false when it has changed since.</summary>
    public Task<bool> TryUpdateAsync(StoredSuite stored, SuiteRun changed, CancellationToken cancellationToken) =>
        _suites.TryReplaceAsync(stored.ToRow(changed), StoredSuite.Mark, cancellationToken);

    /// <summary>Requests that a suite run be stopped.</summary>
    public async Task RequestCancelAsync(string suiteRunId, CancellationToken cancellationToken)
    {
        while (
            await FindAsync(suiteRunId, cancellationToken) is { Run: { CancelRequested: false } run } stored
            && run.IsUnderWay(resumption: null)
            && !await TryUpdateAsync(stored, run with { CancelRequested = true }, cancellationToken)
        )
        {
            // It changed meanwhile: the request holds for what it is now.
        }
    }

    /// <summary>Makes an ended suite run pending again; false when it has changed since it was read.</summary>
    public async Task<bool> TryReopenAsync(StoredSuite stored, CancellationToken cancellationToken)
    {
        await Open.AddAsync(stored.Run.SuiteRunId, cancellationToken);
        var reopened = stored.Run with
        {
            Status = RunStatus.Pending,
            Verdict = null,
            VerdictReasons = [],
            Warnings = [],
            ErrorCode = null,
            ErrorMessage = null,
            Finished = null,
            CancelRequested = false,
            Resumptions = stored.Run.Resumptions + 1,
        };
        return await TryUpdateAsync(stored, reopened, cancellationToken);
    }

    /// <summary>Ends a suite run with its datasets; false when its row has changed since it was read.</summary>
    /// <param name="stored">The suite run as it was read.</param>
    /// <param name="ended">The suite run with its end.</param>
    /// <param name="notification">The notification of this end, at most 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryEndAsync(StoredSuite stored, SuiteRun ended, BinaryData notification, CancellationToken cancellationToken)
    {
        foreach (var rows in TableText.Transactions((ended.Datasets ?? []).Select(dataset => SuiteEntity.ToRow(ended.SuiteRunId, dataset))))
        {
            await _suites.SubmitTransactionAsync(
                rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)),
                cancellationToken
            );
        }

        return await _suites.TryEndAsync(stored.ToRow(ended), ended.Resumptions, notification, cancellationToken);
    }

    /// <summary>The notification of a suite run's end; null when there is no such end.</summary>
    public Task<BinaryData?> FindNotificationAsync(string suiteRunId, int resumption, CancellationToken cancellationToken) =>
        _suites.FindNotificationAsync(suiteRunId, resumption, cancellationToken);

    /// <summary>A page of suite runs, latest first, and what asks for the next page; null behind the last.</summary>
    /// <param name="suite">The suite; null for all.</param>
    /// <param name="size">Suite runs of a page.</param>
    /// <param name="continuation">What the page before gave; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<SuiteRun> Suites, string? Continuation)> ReadPageAsync(
        string? suite,
        int size,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        var partition = suite is null ? AllPartition : PartitionOf(suite);
        var pages = _suites.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition}"),
            maxPerPage: size,
            cancellationToken: cancellationToken
        );
        await foreach (var page in pages.AsPages(continuation, size))
        {
            var found = await Task.WhenAll(page.Values.Select(row => FindAsync(row.GetString(IdColumn), cancellationToken)));
            return ([.. found.OfType<StoredSuite>().Select(stored => stored.Run)], page.ContinuationToken);
        }

        return ([], null);
    }

    private static string PartitionOf(string suite) => StorageNames.Key("suite:" + suite);
}
