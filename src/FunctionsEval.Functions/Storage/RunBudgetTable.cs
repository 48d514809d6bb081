using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>A shard, as a budget knows it.</summary>
/// <param name="Ledger">The run, or the group of runs, that the budget is of: the partition of its rows.</param>
/// <param name="Role">The role.</param>
/// <param name="Shard">The shard's number.</param>
internal sealed record BudgetKey(string Ledger, string Role, int Shard)
{
    /// <summary>The run of the group that the shard is of; null where the budget is the run's own.</summary>
    public string? Member { get; init; }

    public string Row =>
        string.Create(CultureInfo.InvariantCulture, $"{RunBudgetTable.ShardPrefix}{(Member is null ? "" : Member + "|")}{Role}|{Shard:D6}");
}

/// <summary>A shard's report and request to its run's budget, in the currency of the models' prices.</summary>
/// <param name="Spent">What its calls have cost.</param>
/// <param name="InFlight">What its calls in flight cost at most. Besides, it gives back all that it holds and is not granted again.</param>
/// <param name="Min">The minimum that it can use.</param>
/// <param name="Max">The amount that it prefers.</param>
internal readonly record struct BudgetRequest(decimal Spent, decimal InFlight, decimal Min, decimal Max);

/// <summary>The result of a <see cref="BudgetRequest"/>.</summary>
/// <param name="Amount">The amount that the shard may spend beyond its calls in flight: the preferred amount, the minimum, or 0.</param>
/// <param name="OthersHold">Whether other shards hold something that may come back.</param>
/// <param name="IsOwner">Whether the row is still this executor's; if not, nothing was changed.</param>
internal readonly record struct BudgetGrant(decimal Amount, bool OthersHold, bool IsOwner);

/// <summary>
/// What the shards of a run have reserved of its cost ceiling and what of that is spent, in billionths of the currency: one row a shard,
/// and one with their sum, in the run's partition of <c>EvaluationRuns</c> and changed in one transaction. A shard's row belongs to the
/// executor that took it last. An executor that lost its shard changes nothing. The runs of a group share the budget in the group's partition.
/// </summary>
internal sealed class RunBudgetTable(TableServiceClient service)
{
    public const string ShardPrefix = "budget|";
    private const string PrefixEnd = "budget}";
    private const string SumRow = "budget";
    private const string Reserved = "Reserved";
    private const string Spent = "Spent";
    private const string Owner = "Owner";
    private const string IsOpen = "IsOpen";
    private const decimal Billion = 1_000_000_000;

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Makes an executor the owner of its shard's row, which then says what is spent and holds nothing.</summary>
    public Task TakeAsync(BudgetKey key, string owner, decimal spent, CancellationToken cancellationToken) =>
        ChangeAsync(key, (_, _) => new BudgetRow(Billionths(spent), Billionths(spent), owner), cancellationToken);

    /// <summary>Records the cost of a shard without an executor, and returns what its last executor held.</summary>
    public Task SettleAsync(BudgetKey key, decimal spent, CancellationToken cancellationToken) =>
        ChangeAsync(
            key,
            (_, own) =>
                (own.Reserved, own.Spent) == (Billionths(spent), Billionths(spent))
                    ? null
                    : new BudgetRow(Billionths(spent), Billionths(spent), Owner: null),
            cancellationToken
        );

    /// <summary>Reserves for a shard as much of a request as the ceiling allows, and gives the rest back.</summary>
    public async Task<BudgetGrant> RequestAsync(
        BudgetKey key,
        string owner,
        BudgetRequest request,
        decimal ceiling,
        CancellationToken cancellationToken
    )
    {
        var grant = default(BudgetGrant);
        await ChangeAsync(key, Decide, cancellationToken);
        return grant;

        BudgetRow? Decide(BudgetRow sum, BudgetRow own)
        {
            grant = default;
            if (own.Owner != owner)
            {
                return null;
            }

            var committed = request.Spent + request.InFlight;
            var free = (decimal)Billionths(ceiling) - ((decimal)sum.Reserved - own.Reserved);
            var amount =
                IsWithin(request.Max) ? request.Max
                : IsWithin(request.Min) ? request.Min
                : 0;
            grant = new BudgetGrant(amount, OthersHold: sum.Held > own.Held, IsOwner: true);
            return new BudgetRow(Billionths(committed + amount), Billionths(request.Spent), owner);

            bool IsWithin(decimal wanted) => Billionths(committed + wanted) <= free;
        }
    }

    /// <summary>
    /// Changes a shard's row and the sum together, and repeats this until no other change interferes; null changes nothing.
    /// </summary>
    private async Task ChangeAsync(BudgetKey key, Func<BudgetRow, BudgetRow, BudgetRow?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var sum = await _runs.GetEntityIfExistsAsync<TableEntity>(key.Ledger, SumRow, cancellationToken: cancellationToken);
            var own = await _runs.GetEntityIfExistsAsync<TableEntity>(key.Ledger, key.Row, cancellationToken: cancellationToken);
            var sumBefore =
                sum is { HasValue: true, Value: var row } && row!.GetInt64(Spent) is null
                    ? await AddUpAsync(key.Ledger, cancellationToken)
                    : BudgetRow.From(sum);
            var ownBefore = BudgetRow.From(own);
            if (change(sumBefore, ownBefore) is not { } ownAfter || ownAfter == ownBefore)
            {
                return;
            }

            var sumAfter = sumBefore.With(ownBefore, ownAfter).ToEntity(key.Ledger, SumRow);
            var actions = new[]
            {
                sum.HasValue
                    ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, sumAfter, sum.Value!.ETag)
                    : new TableTransactionAction(TableTransactionActionType.Add, sumAfter),
                new TableTransactionAction(TableTransactionActionType.UpsertReplace, ownAfter.ToEntity(key.Ledger, key.Row)),
            };
            try
            {
                await _runs.SubmitTransactionAsync(actions, cancellationToken);
                return;
            }
            catch (RequestFailedException raced) when (raced.Status is 409 or 412)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 50)), TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>The sum of the shards' rows, where the sum's row is one of a version that did not say what is spent.</summary>
    private async Task<BudgetRow> AddUpAsync(string runId, CancellationToken cancellationToken)
    {
        var sum = default(BudgetRow);
        var rows = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {runId} and RowKey gt {ShardPrefix} and RowKey lt {PrefixEnd}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            sum = sum.With(default, BudgetRow.From(row));
        }

        return sum;
    }

    /// <summary>Rounded up; an amount beyond what the table can hold is as good as the greatest one, which no ceiling allows.</summary>
    private static long Billionths(decimal amount) => (long)Math.Ceiling(Math.Min(amount, long.MaxValue / Billion) * Billion);

    /// <summary>A shard's row, or their sum, in billionths.</summary>
    private readonly record struct BudgetRow(long Reserved, long Spent, string? Owner)
    {
        /// <summary>What is reserved for calls in flight, and for those that may follow.</summary>
        public long Held => Reserved - Spent;

        public static BudgetRow From(NullableResponse<TableEntity> row) => row.HasValue ? From(row.Value!) : default;

        /// <summary>Reads a row; one without <c>Spent</c> was written by a version that only said whether it was in use.</summary>
        public static BudgetRow From(TableEntity row)
        {
            var reserved = row.GetInt64(RunBudgetTable.Reserved) ?? 0;
            var spent = row.GetInt64(RunBudgetTable.Spent) ?? (row.GetBoolean(IsOpen) == true ? 0 : reserved);
            return new BudgetRow(reserved, spent, row.GetString(RunBudgetTable.Owner));
        }

        /// <summary>The sum after one of the rows in it has changed.</summary>
        public BudgetRow With(BudgetRow before, BudgetRow after) =>
            new(Change(Reserved, before.Reserved, after.Reserved), Change(Spent, before.Spent, after.Spent), Owner);

        public TableEntity ToEntity(string runId, string rowKey)
        {
            var entity = new TableEntity(runId, rowKey)
            {
                [RunBudgetTable.Reserved] = Reserved,
                [RunBudgetTable.Spent] = Spent,
                [IsOpen] = Held > 0,
            };
            if (Owner is not null)
            {
                entity[RunBudgetTable.Owner] = Owner;
            }

            return entity;
        }

        private static long Change(long sum, long before, long after) => (long)Math.Min(long.MaxValue, (decimal)sum - before + after);
    }
}
