using System.Globalization;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>How far one shard under way is.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Shard">Its number.</param>
/// <param name="Outcomes">The outcomes so far.</param>
/// <param name="Waiting">What its samples wait for; null for nothing.</param>
internal sealed record ShardProgress(string Role, int Shard, OutcomeCounts Outcomes, string? Waiting = null);

/// <summary>How far the shards of runs are: a row a shard in the run's partition of <c>EvaluationRuns</c>.</summary>
internal sealed class ProgressTable(TableServiceClient service)
{
    private const string ShardPrefix = "shard|";
    private const string PrefixEnd = "shard}";
    private const string Waiting = nameof(ShardProgress.Waiting);
    private const int MaxWaitingLength = 700;
    private const int MaxWaiting = 5;

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Writes the progress of a shard.</summary>
    public async Task WriteAsync(string runId, ShardProgress progress, CancellationToken cancellationToken)
    {
        var row = new TableEntity(runId, string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{progress.Role}|{progress.Shard:D6}"));
        foreach (var outcome in OutcomeNames.All.Values.Where(outcome => progress.Outcomes[outcome] > 0))
        {
            row[outcome.ToString()] = progress.Outcomes[outcome];
        }

        if (progress.Waiting is { } waiting)
        {
            row[Waiting] = waiting.Length > MaxWaitingLength ? waiting[..MaxWaitingLength] : waiting;
        }

        await _runs.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Outcomes so far, by role.</summary>
    public async Task<IReadOnlyDictionary<string, OutcomeCounts>> ReadAsync(string runId, CancellationToken cancellationToken) =>
        (await AddToAsync(new Run { RunId = runId, Status = RunStatus.Running }, cancellationToken)).Progress!;

    /// <summary>A run with its outcomes so far, by role, and what its shards wait for.</summary>
    public async Task<Run> AddToAsync(Run run, CancellationToken cancellationToken)
    {
        var progress = new SortedDictionary<string, OutcomeCounts>(StringComparer.Ordinal);
        var waiting = new SortedSet<string>(StringComparer.Ordinal);
        var rows = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {run.RunId} and RowKey gt {ShardPrefix} and RowKey lt {PrefixEnd}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            var role = row.RowKey.Split('|')[1];
            progress[role] = OutcomeNames.All.Values.Aggregate(
                progress.GetValueOrDefault(role) ?? new OutcomeCounts(),
                (sum, outcome) => sum.With(outcome, row.GetInt64(outcome.ToString()) ?? 0)
            );
            if (!run.Status.HasEnded && waiting.Count < MaxWaiting && row.GetString(Waiting) is { } reason)
            {
                waiting.Add(reason);
            }
        }

        return run with
        {
            Progress = progress,
            Waiting = [.. waiting],
        };
    }
}
