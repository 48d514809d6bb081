using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>The numbers of runs: the table <c>EvaluationMetrics</c>.</summary>
internal sealed class RunMetricTable(TableServiceClient service)
{
    private readonly TableClient _metrics = service.GetTableClient(StorageNames.MetricsTable);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) => await _metrics.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Replaces the run's numbers.</summary>
    public async Task WriteAsync(string runId, IEnumerable<MetricValue> values, CancellationToken cancellationToken)
    {
        foreach (var transaction in TableText.Transactions(MetricEntity.Create(runId, values).Select(TableText.Bound)))
        {
            await _metrics.SubmitTransactionAsync(
                transaction.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)),
                cancellationToken
            );
        }
    }

    /// <summary>Every number of a run, by role, name and slice.</summary>
    public Task<IReadOnlyList<MetricValue>> ReadAsync(string runId, CancellationToken cancellationToken) =>
        ReadRowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {runId}"), cancellationToken);

    /// <summary>What one model reached on one slice.</summary>
    public Task<IReadOnlyList<MetricValue>> ReadAsync(string runId, string role, string slice, CancellationToken cancellationToken) =>
        ReadRowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {runId} and Role eq {role} and Slice eq {slice}"), cancellationToken);

    private async Task<IReadOnlyList<MetricValue>> ReadRowsAsync(string filter, CancellationToken cancellationToken)
    {
        var values = new List<MetricValue>();
        await foreach (var row in _metrics.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            values.Add(MetricEntity.Read(row));
        }

        return values;
    }
}
