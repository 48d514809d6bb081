using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Storage;

/// <summary>What is known of a run before it begins.</summary>
internal sealed record RunReservation
{
    public required string RunId { get; init; }

    public required string Dataset { get; init; }

    public required string DatasetETag { get; init; }

    public required long DatasetBytes { get; init; }

    public string? DatasetHash { get; init; }

    public required string Suite { get; init; }

    public required string Name { get; init; }

    public string? Model { get; init; }

    public string? Baseline { get; init; }

    public required string SpecHash { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>What started it: blob, http, fine_tune.</summary>
    public required string Source { get; init; }

    /// <summary>The fine-tuning job whose model is evaluated; null for none.</summary>
    public string? FineTuneJob { get; init; }

    /// <summary>The rows the model was tuned on, a blob with its container's name; null when they are not known.</summary>
    public string? TrainingFile { get; init; }

    public static string HashOf(string canonicalSpec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalSpec)))[..16];
}

/// <summary>Counts of one shard under way, for progress.</summary>
internal sealed record ShardProgress(string Role, int Shard, OutcomeCounts Outcomes);

/// <summary>The tables <c>EvaluationRuns</c>, <c>EvaluationMetrics</c> and <c>EvaluationIndex</c>.</summary>
internal sealed partial class RunTables(TableServiceClient service, OpenRuns openRuns)
{
    public const string RunRow = "run";

    /// <summary>The column that tells one reservation from another.</summary>
    public const string MarkColumn = "Reservation";

    private const string ETagColumn = "DatasetETag";
    private const string ShardPrefix = "shard|";
    private const string TrainingFileColumn = "TrainingFile";
    private const string CancelColumn = "CancelRequested";
    private const string ResumptionsColumn = "Resumptions";
    private const int SameRunsLookedAt = 10;

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);
    private readonly TableClient _metrics = service.GetTableClient(StorageNames.MetricsTable);
    private readonly TableClient _index = service.GetTableClient(StorageNames.IndexTable);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var table in new[] { _runs, _metrics, _index })
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
        }
    }

    /// <summary>Inserts the run's row; false when the run is known already.</summary>
    /// <remarks>
    /// An insert that was carried out although its answer was lost is repeated by the client, and then finds its own row: the row's mark
    /// tells
    /// it from another's.
    /// </remarks>
    public async Task<bool> TryReserveAsync(RunReservation run, RunFailure? failure, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N");
        var row = new TableEntity(run.RunId, RunRow)
        {
            ["Status"] = (run.FineTuneJob is null ? RunStatus.Pending : RunStatus.AwaitingDeployment).ToString(),
            ["Dataset"] = run.Dataset,
            [ETagColumn] = run.DatasetETag,
            ["DatasetBytes"] = run.DatasetBytes,
            ["DatasetHash"] = run.DatasetHash,
            ["Suite"] = run.Suite,
            ["Name"] = run.Name,
            ["Model"] = run.Model,
            ["Baseline"] = run.Baseline,
            ["SpecHash"] = run.SpecHash,
            ["Started"] = run.Started,
            ["Source"] = run.Source,
            ["FineTuneJob"] = run.FineTuneJob,
            [TrainingFileColumn] = run.TrainingFile,
            ["CodeVersion"] = CodeVersion.Current,
            [MarkColumn] = mark,
        };
        if (failure is not null)
        {
            RunConclusion.Decide(failure, verdict: null).WriteTo(row, run.Started);
        }
        else
        {
            await openRuns.AddAsync(run.RunId, cancellationToken);
        }

        try
        {
            await _runs.AddEntityAsync(TableText.Bound(row), cancellationToken);
            return true;
        }
        catch (RequestFailedException known) when (known.Status == 409)
        {
            return (await FindRunAsync(run.RunId, cancellationToken))?.GetString(MarkColumn) == mark;
        }
    }

    /// <summary>
    /// Writes the index rows of a run by its row: latest first under <c>all</c>, each model, the dataset and its suite. Repeatable.
    /// </summary>
    public async Task IndexAsync(TableEntity run, CancellationToken cancellationToken)
    {
        var (runId, dataset) = (run.PartitionKey, run.GetString("Dataset"));
        var started = run.GetDateTimeOffset("Started")!.Value;
        var rowKey = (DateTimeOffset.MaxValue.Ticks - started.UtcTicks).ToString("D19", CultureInfo.InvariantCulture) + "|" + runId;
        var partitions = new List<string>
        {
            IndexPartition.All,
            IndexPartition.Dataset(dataset),
            IndexPartition.Suite(DatasetNames.SuiteOf(dataset)),
        };
        foreach (var name in new[] { run.GetString("Model"), run.GetString("Baseline") }.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            partitions.Add(IndexPartition.Model(name));
        }

        foreach (var partition in partitions)
        {
            await _index.UpsertEntityAsync(
                new TableEntity(partition, rowKey) { ["RunId"] = runId, [ETagColumn] = run.GetString(ETagColumn) },
                TableUpdateMode.Replace,
                cancellationToken
            );
        }
    }

    /// <summary>The run's row, without a verdict that its status does not permit; null when there is none.</summary>
    public async Task<TableEntity?> FindRunAsync(string runId, CancellationToken cancellationToken)
    {
        if (runId != StorageNames.Key(runId) || BlobNames.FindProblem(runId) is not null)
        {
            return null; // No run has such an id, which is a table's key and a blob's folder.
        }

        var response = await _runs.GetEntityIfExistsAsync<TableEntity>(runId, RunRow, cancellationToken: cancellationToken);
        if (!response.HasValue)
        {
            return null;
        }

        RunConclusion.Restrict(response.Value!);
        return response.Value;
    }

    /// <summary>
    /// The latest run that evaluated, or is evaluating, the same bytes under the same name with the same spec; null when there is none.
    /// A failed or cancelled run is none: uploading the dataset once more is how a user tries again.
    /// </summary>
    public async Task<string?> FindSameAsync(RunReservation run, CancellationToken cancellationToken)
    {
        if (run.DatasetHash is null)
        {
            return null;
        }

        var (runIds, _) = await ReadIndexAsync(
            IndexPartition.Dataset(run.Dataset),
            SameRunsLookedAt,
            continuation: null,
            cancellationToken
        );
        foreach (var runId in runIds)
        {
            if (
                await FindRunAsync(runId, cancellationToken) is { } row
                && row.GetString("DatasetHash") == run.DatasetHash
                && row.GetString("SpecHash") == run.SpecHash
                && row.GetString("Status") is not (nameof(RunStatus.Failed) or nameof(RunStatus.Cancelled))
            )
            {
                return runId;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether one of the latest runs of a dataset is of this version; with <paramref name="countsFailed"/> false, and has not failed. One
    /// whose
    /// row was deleted counts as long as it is in the index.
    /// </summary>
    public async Task<bool> HasRunAsync(string dataset, string etag, bool countsFailed, CancellationToken cancellationToken)
    {
        var (page, _) = await ReadIndexPageAsync(IndexPartition.Dataset(dataset), SameRunsLookedAt, continuation: null, cancellationToken);
        foreach (var indexed in page)
        {
            var row = await FindRunAsync(indexed.GetString("RunId"), cancellationToken);
            if ((row ?? indexed).GetString(ETagColumn) == etag && (countsFailed || row?.GetString("Status") != nameof(RunStatus.Failed)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Sets columns of the row of a run that has not ended, leaving the others. One that has, or that is not there, stays as it is.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="columns">The columns, by name; one that is null is removed: it may be of an execution before, which found something
    /// else.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="resumption">How often the run was resumed when this was found out: one that was resumed since stays as it is. Null for
    /// whatever it is.</param>
    /// <returns>Whether the columns are set.</returns>
    public async Task<bool> UpdateRunAsync(
        string runId,
        IReadOnlyDictionary<string, object?> columns,
        CancellationToken cancellationToken,
        int? resumption = null
    )
    {
        while (await FindUnderWayAsync(runId, resumption, cancellationToken) is { } row)
        {
            var changed = new TableEntity(row);
            foreach (var (name, value) in columns)
            {
                RunConclusion.Set(changed, name, value);
            }

            try
            {
                await _runs.UpdateEntityAsync(TableText.Bound(changed), row.ETag, TableUpdateMode.Replace, cancellationToken);
                return true;
            }
            catch (RequestFailedException other) when (other.Status is 412 or 404)
            {
                // Somebody else changed the row meanwhile; or this update was carried out, its answer was lost, and the client repeated it.
            }
        }

        return false;
    }

    /// <summary>Asks for a run to be stopped; executors look for it every two seconds.</summary>
    public Task RequestCancelAsync(string runId, CancellationToken cancellationToken) =>
        UpdateRunAsync(runId, new Dictionary<string, object?> { [CancelColumn] = true }, cancellationToken);

    public static bool IsCancelRequested(TableEntity row) => row.GetBoolean(CancelColumn) == true;

    /// <summary>Whether a run has ended: nothing is under way for it.</summary>
    public static bool HasEnded(TableEntity row) =>
        RunConclusion.StatusOf(row) is RunStatus.Completed or RunStatus.Partial or RunStatus.Cancelled or RunStatus.Failed;

    /// <summary>Whether a run has not ended, and was resumed as often as is said; null for however often.</summary>
    public static bool IsUnderWay(TableEntity row, int? resumption) =>
        !HasEnded(row) && (resumption ?? ResumptionsOf(row)) == ResumptionsOf(row);

    /// <summary>
    /// The row of a run that has not ended and was resumed as often as is said, null for however often; null where there is none.
    /// </summary>
    public async Task<TableEntity?> FindUnderWayAsync(string runId, int? resumption, CancellationToken cancellationToken) =>
        await FindRunAsync(runId, cancellationToken) is { } row && IsUnderWay(row, resumption) ? row : null;

    /// <summary>The version of the dataset that a run evaluates.</summary>
    public static DatasetVersion DatasetOf(TableEntity row) =>
        new(row.GetString("Dataset"), row.GetString(ETagColumn), row.GetInt64("DatasetBytes") ?? 0, row.GetString("DatasetHash"));

    /// <summary>The rows a run's model was tuned on, a blob with its container's name; null when they are not known.</summary>
    public static string? TrainingFileOf(TableEntity row) => row.GetString(TrainingFileColumn);

    /// <summary>How often a run was resumed.</summary>
    public static int ResumptionsOf(TableEntity row) => row.GetInt32(ResumptionsColumn) ?? 0;

    /// <summary>Writes how far a shard is, unless the run has ended or is gone: an executor may outlive it.</summary>
    public async Task WriteProgressAsync(string runId, ShardProgress progress, CancellationToken cancellationToken)
    {
        if (await FindUnderWayAsync(runId, resumption: null, cancellationToken) is not null)
        {
            await SetProgressAsync(runId, progress, cancellationToken);
        }
    }

    /// <summary>As <see cref="WriteProgressAsync"/>, for a run that is known to be under way.</summary>
    public async Task SetProgressAsync(string runId, ShardProgress progress, CancellationToken cancellationToken)
    {
        var row = new TableEntity(runId, string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{progress.Role}|{progress.Shard:D6}"));
        foreach (var outcome in OutcomeNames.All.Values.Where(outcome => progress.Outcomes[outcome] > 0))
        {
            row[outcome.ToString()] = progress.Outcomes[outcome];
        }

        await _runs.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Outcomes so far, per role, of a run under way.</summary>
    public async Task<IReadOnlyDictionary<string, OutcomeCounts>> ReadProgressAsync(string runId, CancellationToken cancellationToken)
    {
        var progress = new SortedDictionary<string, OutcomeCounts>(StringComparer.Ordinal);
        var rows = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {runId} and RowKey gt {ShardPrefix} and RowKey lt {"shard}"}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            var role = row.RowKey.Split('|')[1];
            var counts = OutcomeNames.All.Values.Aggregate(
                progress.GetValueOrDefault(role) ?? new OutcomeCounts(),
                (sum, outcome) => sum.With(outcome, row.GetInt64(outcome.ToString()) ?? 0)
            );
            progress[role] = counts;
        }

        return progress;
    }

    /// <summary>Replaces the run's metric rows.</summary>
    public async Task WriteMetricsAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        foreach (var transaction in TableText.Transactions(rows.Select(TableText.Bound)))
        {
            await _metrics.SubmitTransactionAsync(
                transaction.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)),
                cancellationToken
            );
        }
    }

    /// <summary>What one model reached on one slice.</summary>
    public AsyncPageable<TableEntity> ReadMetrics(string runId, string role, string slice, CancellationToken cancellationToken) =>
        _metrics.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {runId} and Role eq {role} and Slice eq {slice}"),
            cancellationToken: cancellationToken
        );

    public AsyncPageable<TableEntity> ReadMetrics(string runId, CancellationToken cancellationToken) =>
        _metrics.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {runId}"), cancellationToken: cancellationToken);

    /// <summary>A page of run ids, latest first.</summary>
    public async Task<(IReadOnlyList<string> RunIds, string? Continuation)> ReadIndexAsync(
        string partition,
        int size,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        var (page, next) = await ReadIndexPageAsync(partition, size, continuation, cancellationToken);
        return (page.Select(row => row.GetString("RunId")).ToList(), next);
    }

    private async Task<(IReadOnlyList<TableEntity> Rows, string? Continuation)> ReadIndexPageAsync(
        string partition,
        int size,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        var pages = _index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition}"),
            maxPerPage: size,
            cancellationToken: cancellationToken
        );
        await foreach (var page in pages.AsPages(continuation, size))
        {
            return (page.Values, page.ContinuationToken);
        }

        return ([], null);
    }
}

/// <summary>Partition keys of <c>EvaluationIndex</c>.</summary>
internal static class IndexPartition
{
    public const string All = "all";

    public static string Model(string name) => StorageNames.Key("model:" + name);

    public static string Dataset(string name) => StorageNames.Key("dataset:" + name);

    public static string Suite(string name) => StorageNames.Key("suite:" + name);
}
