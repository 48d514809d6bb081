using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>A shard of a run, as the run's budget knows it.</summary>
internal sealed record BudgetKey(string RunId, string Role, int Shard)
{
    public string Row => string.Create(CultureInfo.InvariantCulture, $"{RunBudgetTable.ShardPrefix}{Role}|{Shard:D6}");
}

/// <summary>
/// What the shards of a run have reserved of its cost ceiling, in billionths of the currency: one row a shard, and one with their sum, in
/// the run's partition of <c>EvaluationRuns</c> and changed in one transaction.
/// </summary>
internal sealed class RunBudgetTable(TableServiceClient service)
{
    public const string ShardPrefix = "budget|";
    private const string SumRow = "budget";
    private const string Reserved = "Reserved";
    private const string IsOpen = "IsOpen";

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Reserves for a shard; false when that would go beyond the ceiling.</summary>
    public async Task<bool> TryReserveAsync(BudgetKey key, long amount, long ceiling, CancellationToken cancellationToken)
    {
        var isWithin = false;
        await ChangeAsync(
            key,
            (sum, own) =>
            {
                isWithin = sum + amount <= ceiling;
                return isWithin ? own + amount : null;
            },
            isOpen: true,
            cancellationToken);
        return isWithin;
    }

    /// <summary>Sets what a shard has reserved.</summary>
    /// <param name="key">The shard.</param>
    /// <param name="amount">What it has spent.</param>
    /// <param name="isOpen">Whether it may reserve more, and give some of that back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SetAsync(BudgetKey key, long amount, bool isOpen, CancellationToken cancellationToken) =>
        ChangeAsync(key, (_, _) => amount, isOpen, cancellationToken);

    /// <summary>Whether another shard may give back some of what it has reserved.</summary>
    public async Task<bool> AnyOtherOpenAsync(BudgetKey key, CancellationToken cancellationToken)
    {
        var open = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {key.RunId} and RowKey gt {ShardPrefix} and RowKey lt {"budget}"} and IsOpen eq true"),
            cancellationToken: cancellationToken);
        await foreach (var row in open)
        {
            if (row.RowKey != key.Row)
                return true;
        }

        return false;
    }

    /// <summary>Changes a shard's row and the sum together, again and again until nobody came between.</summary>
    private async Task ChangeAsync(BudgetKey key, Func<long, long, long?> change, bool isOpen, CancellationToken cancellationToken)
    {
        while (true)
        {
            var sum = await _runs.GetEntityIfExistsAsync<TableEntity>(key.RunId, SumRow, cancellationToken: cancellationToken);
            var own = await _runs.GetEntityIfExistsAsync<TableEntity>(key.RunId, key.Row, cancellationToken: cancellationToken);
            var (sumBefore, ownBefore) = (AmountOf(sum), AmountOf(own));
            if (change(sumBefore, ownBefore) is not { } ownAfter)
                return;

            var sumAfter = new TableEntity(key.RunId, SumRow) { [Reserved] = sumBefore - ownBefore + ownAfter };
            var actions = new[]
            {
                sum.HasValue
                    ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, sumAfter, sum.Value!.ETag)
                    : new TableTransactionAction(TableTransactionActionType.Add, sumAfter),
                new TableTransactionAction(TableTransactionActionType.UpsertReplace, new TableEntity(key.RunId, key.Row) { [Reserved] = ownAfter, [IsOpen] = isOpen }),
            };
            try
            {
                await _runs.SubmitTransactionAsync(actions, cancellationToken);
                return;
            }
            catch (RequestFailedException raced) when (raced.Status is 409 or 412)
            {
                await Task.Delay(Random.Shared.Next(5, 50), cancellationToken);
            }
        }
    }

    private static long AmountOf(NullableResponse<TableEntity> row) => row.HasValue ? row.Value!.GetInt64(Reserved) ?? 0 : 0;
}
