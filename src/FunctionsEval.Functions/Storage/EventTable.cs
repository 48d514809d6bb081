using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The table <c>EvaluationEvents</c>: messages, fine-tuning jobs and versions of specs that were seen, replacements that were evaluated,
/// how far the list of jobs was looked through, and the app's own id.
/// </summary>
internal sealed class EventTable(TableServiceClient service)
{
    private const string MessagePartition = "openai_webhook";
    private const string JobPartition = "fine_tuning_job";
    private const string SpecPartition = "spec";
    private const string DrillPartition = "retirement_drill";
    private const string ReceivedColumn = "Received";
    private const string RunColumn = "RunId";
    private const string MarkColumn = "Reservation";
    private const string ScheduledColumn = "Scheduled";
    private const string PollPartition = "poll";
    private const string WatermarkRow = "fine_tuning_jobs";
    private const string WatermarkColumn = "CreatedAt";
    private const string AppPartition = "app";
    private const string AppRow = "id";
    private const string AppColumn = "Id";

    private readonly TableClient _events = service.GetTableClient(StorageNames.EventsTable);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) => await _events.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Whether a webhook's message was processed.</summary>
    public async Task<bool> IsKnownMessageAsync(string id, CancellationToken cancellationToken) =>
        (
            await _events.GetEntityIfExistsAsync<TableEntity>(MessagePartition, StorageNames.Key(id), cancellationToken: cancellationToken)
        ).HasValue;

    /// <summary>Records a message after it is processed. A message that is recorded too early would be lost in a crash.</summary>
    public Task RememberMessageAsync(string id, DateTimeOffset received, CancellationToken cancellationToken) =>
        _events.UpsertEntityAsync(
            new TableEntity(MessagePartition, StorageNames.Key(id)) { [ReceivedColumn] = received },
            TableUpdateMode.Replace,
            cancellationToken
        );

    /// <summary>Whether the datasets of a spec's version were all looked at since it came.</summary>
    public async Task<bool> IsKnownSpecAsync(DatasetVersion spec, CancellationToken cancellationToken) =>
        (await _events.GetEntityIfExistsAsync<TableEntity>(SpecPartition, KeyOf(spec), cancellationToken: cancellationToken)).HasValue;

    /// <summary>Records a spec's version after all its datasets were looked at.</summary>
    public Task RememberSpecAsync(DatasetVersion spec, DateTimeOffset seen, CancellationToken cancellationToken) =>
        _events.UpsertEntityAsync(
            new TableEntity(SpecPartition, KeyOf(spec)) { [ReceivedColumn] = seen },
            TableUpdateMode.Replace,
            cancellationToken
        );

    /// <summary>
    /// The run by which a model's replacement was evaluated on a dataset's version; empty where there was nothing to evaluate, null where
    /// it was not tried.
    /// </summary>
    public async Task<string?> FindDrillAsync(string key, CancellationToken cancellationToken)
    {
        var row = await _events.GetEntityIfExistsAsync<TableEntity>(
            DrillPartition,
            StorageNames.Key(key),
            cancellationToken: cancellationToken
        );
        return row.HasValue ? row.Value!.GetString(RunColumn) ?? "" : null;
    }

    /// <summary>Records the run that evaluates a model's replacement, after it was started.</summary>
    public Task RememberDrillAsync(string key, string runId, DateTimeOffset started, CancellationToken cancellationToken) =>
        _events.UpsertEntityAsync(
            new TableEntity(DrillPartition, StorageNames.Key(key)) { [ReceivedColumn] = started, [RunColumn] = runId },
            TableUpdateMode.Replace,
            cancellationToken
        );

    /// <summary>Inserts a fine-tuning job; false when it exists already.</summary>
    public Task<bool> TryAddJobAsync(string jobId, DateTimeOffset received, CancellationToken cancellationToken) =>
        _events.TryInsertAsync(
            new TableEntity(JobPartition, StorageNames.Key(jobId)) { [ReceivedColumn] = received, [ScheduledColumn] = false },
            MarkColumn,
            cancellationToken
        );

    /// <summary>Whether a job is followed, or need not be.</summary>
    public async Task<bool> IsSettledAsync(string jobId, CancellationToken cancellationToken)
    {
        var row = await _events.GetEntityIfExistsAsync<TableEntity>(
            JobPartition,
            StorageNames.Key(jobId),
            cancellationToken: cancellationToken
        );
        return row.HasValue && row.Value!.GetBoolean(ScheduledColumn) == true;
    }

    /// <summary>Ids of the jobs that are not settled: those of a starter that has ended, or that is about to settle them.</summary>
    public async IAsyncEnumerable<string> UnsettledJobsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = _events.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {JobPartition} and Scheduled eq {false}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            yield return row.RowKey;
        }
    }

    /// <summary>Marks a job as followed, or as one that need not be.</summary>
    public Task SettleJobAsync(string jobId, CancellationToken cancellationToken) =>
        _events.UpsertEntityAsync(
            new TableEntity(JobPartition, StorageNames.Key(jobId)) { [ScheduledColumn] = true },
            TableUpdateMode.Merge,
            cancellationToken
        );

    /// <summary>Creation time, in seconds since 1970, from which on jobs are looked at; null before the first look.</summary>
    public async Task<long?> ReadWatermarkAsync(CancellationToken cancellationToken)
    {
        var row = await _events.GetEntityIfExistsAsync<TableEntity>(PollPartition, WatermarkRow, cancellationToken: cancellationToken);
        return row.HasValue ? row.Value!.GetInt64(WatermarkColumn) : null;
    }

    /// <summary>
    /// The app's own id, which is made at the first call: another one for every app and every storage, emulators among them.
    /// </summary>
    public async Task<string> ReadAppIdAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await _events.GetEntityIfExistsAsync<TableEntity>(AppPartition, AppRow, cancellationToken: cancellationToken);
            if (row.HasValue && row.Value!.GetString(AppColumn) is { Length: > 0 } id)
            {
                return id;
            }

            try
            {
                await _events.AddEntityAsync(
                    new TableEntity(AppPartition, AppRow) { [AppColumn] = UniqueName.Create() },
                    cancellationToken
                );
            }
            catch (RequestFailedException known) when (known.Status == 409)
            {
                // Another instance was faster; its id holds.
            }
        }
    }

    public Task WriteWatermarkAsync(long createdAt, CancellationToken cancellationToken) =>
        _events.UpsertEntityAsync(
            new TableEntity(PollPartition, WatermarkRow) { [WatermarkColumn] = createdAt },
            TableUpdateMode.Replace,
            cancellationToken
        );

    private static string KeyOf(DatasetVersion spec) => StorageNames.Key(spec.Name, spec.ETag);
}
