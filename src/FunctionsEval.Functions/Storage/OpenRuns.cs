using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The runs, or the suite runs, that may not have ended: the partition <c>open</c> of <c>EvaluationIndex</c>, and of
/// <c>EvaluationSuites</c>. A run is listed before its row is written, so that none is missed, and is struck off some time after it has
/// ended.
/// </summary>
internal sealed class OpenRuns
{
    private const string Partition = "open";

    private readonly TableClient _table;
    private readonly string _idColumn;

    /// <summary>The runs.</summary>
    public OpenRuns(TableServiceClient service)
        : this(service.GetTableClient(StorageNames.IndexTable), "RunId") { }

    private OpenRuns(TableClient table, string idColumn) => (_table, _idColumn) = (table, idColumn);

    /// <summary>The suite runs.</summary>
    public static OpenRuns OfSuites(TableServiceClient service) => new(service.GetTableClient(StorageNames.SuitesTable), "SuiteRunId");

    /// <summary>Lists a run; one that is listed counts as listed from now on.</summary>
    public Task AddAsync(string runId, CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(new TableEntity(Partition, runId) { [_idColumn] = runId }, TableUpdateMode.Replace, cancellationToken);

    /// <summary>All that are listed.</summary>
    public async IAsyncEnumerable<OpenRun> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = _table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            yield return new OpenRun(row.RowKey, row.Timestamp, row.ETag);
        }
    }

    /// <summary>Strikes a run off, unless it was listed anew since it was read.</summary>
    public async Task RemoveAsync(OpenRun open, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(Partition, open.RunId, open.Version, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // It is listed anew, or somebody else struck it off.
        }
    }
}

/// <summary>A run that may not have ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Listed">When it was listed the last time; null where the storage does not say.</param>
/// <param name="Version">The version of its entry.</param>
internal sealed record OpenRun(string RunId, DateTimeOffset? Listed, ETag Version);
