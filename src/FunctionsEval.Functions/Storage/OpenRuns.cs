using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The runs that may not have ended: the partition <c>open</c> of <c>EvaluationIndex</c>. A run is listed before its row is written, so
/// that none
/// is missed, and is struck off some time after it has ended.
/// </summary>
internal sealed class OpenRuns(TableServiceClient service)
{
    private const string Partition = "open";

    private readonly TableClient _index = service.GetTableClient(StorageNames.IndexTable);

    /// <summary>Lists a run; one that is listed counts as listed from now on.</summary>
    public Task AddAsync(string runId, CancellationToken cancellationToken) =>
        _index.UpsertEntityAsync(new TableEntity(Partition, runId) { ["RunId"] = runId }, TableUpdateMode.Replace, cancellationToken);

    /// <summary>All that are listed; the row key is the run's id, the time stamp is when it was listed.</summary>
    public AsyncPageable<TableEntity> ReadAsync(CancellationToken cancellationToken) =>
        _index.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellationToken);

    /// <summary>Strikes a run off, unless it was listed anew since it was read.</summary>
    public async Task RemoveAsync(TableEntity open, CancellationToken cancellationToken)
    {
        try
        {
            await _index.DeleteEntityAsync(open.PartitionKey, open.RowKey, open.ETag, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // It is listed anew, or somebody else struck it off.
        }
    }
}
