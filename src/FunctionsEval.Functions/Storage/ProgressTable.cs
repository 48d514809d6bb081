using System.Globalization;
using Azure.Data.Tables;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>Counts of one shard under way, for progress.</summary>
internal sealed record ShardProgress(string Role, int Shard, OutcomeCounts Outcomes);

/// <summary>How far the shards of runs are: a row a shard in the run's partition of <c>EvaluationRuns</c>.</summary>
internal sealed class ProgressTable(TableServiceClient service)
{
    private const string ShardPrefix = "shard|";
    private const string PrefixEnd = "shard}";

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Writes the progress of a shard.</summary>
    public async Task WriteAsync(string runId, ShardProgress progress, CancellationToken cancellationToken)
    {
        var row = new TableEntity(runId, string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{progress.Role}|{progress.Shard:D6}"));
        foreach (var outcome in OutcomeNames.All.Values.Where(outcome => progress.Outcomes[outcome] > 0))
        {
            row[outcome.ToString()] = progress.Outcomes[outcome];
        }

        await _runs.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Outcomes so far, by role.</summary>
    public async Task<IReadOnlyDictionary<string, OutcomeCounts>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        var progress = new SortedDictionary<string, OutcomeCounts>(StringComparer.Ordinal);
        var rows = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {runId} and RowKey gt {ShardPrefix} and RowKey lt {PrefixEnd}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            var role = row.RowKey.Split('|')[1];
            progress[role] = OutcomeNames.All.Values.Aggregate(
                progress.GetValueOrDefault(role) ?? new OutcomeCounts(),
                (sum, outcome) => sum.With(outcome, row.GetInt64(outcome.ToString()) ?? 0)
            );
        }

        return progress;
    }
}
