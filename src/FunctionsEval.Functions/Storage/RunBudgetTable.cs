using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>What became of changes that were made together.</summary>
/// <param name="Grants">The result of each.</param>
/// <param name="Booked">When the process may write to this budget again; null where nothing had to be written.</param>
internal sealed record BudgetChanges(IReadOnlyList<BudgetGrant> Grants, DateTimeOffset? Booked);

/// <summary>
/// What the shards of a run have reserved of its cost ceiling and what of that is spent, in billionths of the currency: one row a shard,
/// and one with their sum, in the run's partition of <c>EvaluationRuns</c> and changed in one transaction. A shard's row belongs to the
/// executor that took it last. An executor that lost its shard changes nothing. The runs of a group share the budget in the group's
/// partition.
/// </summary>
/// <remarks>
/// Every transaction writes the sum, so all processes meet there. Whoever writes it books the time of its next write:
/// <see cref="WriteGap"/> after the last that was booked. So a hundred processes write as often together as one does.
/// </remarks>
internal sealed class RunBudgetTable(TableServiceClient service, TimeProvider time)
{
    public const string ShardPrefix = "budget|";

    /// <summary>Maximum number of shards that are changed in one transaction, which takes a hundred rows.</summary>
    public const int MaxChanges = 99;

    /// <summary>The mean time between two writes to one budget, of all processes together.</summary>
    public static readonly TimeSpan WriteGap = TimeSpan.FromMilliseconds(200);

    /// <summary>Maximum time until a booked write, whatever the clocks of other processes say.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private const string PrefixEnd = "budget}";
    private const string SumRow = "budget";

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>Makes changes together, and repeats this until no other process interferes.</summary>
    /// <param name="ledger">The budget.</param>
    /// <param name="changes">At most <see cref="MaxChanges"/>, in the order in which they are made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BudgetChanges> ChangeAsync(string ledger, IReadOnlyList<BudgetChange> changes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await FindAsync(ledger, SumRow, cancellationToken);
            var before = await SumAsync(ledger, stored, cancellationToken);
            var rows = new Dictionary<string, BudgetRow>(StringComparer.Ordinal);
            foreach (var row in changes.Select(change => change.Key.Row).Distinct())
            {
                rows[row] = BudgetRow.From(await FindAsync(ledger, row, cancellationToken));
            }

            var (sum, changed, grants) = Decide(before, rows, changes);
            if (changed.Count == 0)
            {
                return new BudgetChanges(grants, Booked: null);
            }

            sum = sum with { NextWrite = Book(before.NextWrite) };
            if (await TrySubmitAsync(ledger, stored, sum, changed, cancellationToken))
            {
                return new BudgetChanges(grants, sum.NextWrite);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 50)), TimeProvider.System, cancellationToken);
        }
    }

    private static (BudgetSum Sum, Dictionary<string, BudgetRow> Changed, List<BudgetGrant> Grants) Decide(
        BudgetSum sum,
        Dictionary<string, BudgetRow> before,
        IReadOnlyList<BudgetChange> changes
    )
    {
        var after = new Dictionary<string, BudgetRow>(before, StringComparer.Ordinal);
        var grants = new List<BudgetGrant>();
        foreach (var change in changes)
        {
            var own = after[change.Key.Row];
            var (row, grant) = change.Decide(sum, own);
            sum = sum.With(own, row);
            after[change.Key.Row] = row;
            grants.Add(grant);
        }

        return (sum, after.Where(row => row.Value != before[row.Key]).ToDictionary(), grants);
    }

    private DateTimeOffset Book(DateTimeOffset? last)
    {
        var now = time.GetUtcNow();
        var booked = (last > now ? last.Value : now) + WriteGap;
        return booked < now + MaxPause ? booked : now + MaxPause;
    }

    /// <returns>False where another process changed the sum meanwhile.</returns>
    private async Task<bool> TrySubmitAsync(
        string ledger,
        NullableResponse<TableEntity> stored,
        BudgetSum sum,
        Dictionary<string, BudgetRow> changed,
        CancellationToken cancellationToken
    )
    {
        var entity = sum.ToEntity(ledger, SumRow);
        var actions = changed
            .Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.Value.ToEntity(ledger, row.Key)))
            .Prepend(
                stored.HasValue
                    ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, stored.Value!.ETag)
                    : new TableTransactionAction(TableTransactionActionType.Add, entity)
            );
        try
        {
            await _runs.SubmitTransactionAsync(actions, cancellationToken);
            return true;
        }
        catch (RequestFailedException raced) when (raced.Status is 409 or 412)
        {
            return false;
        }
    }

    private Task<NullableResponse<TableEntity>> FindAsync(string ledger, string row, CancellationToken cancellationToken) =>
        _runs.GetEntityIfExistsAsync<TableEntity>(ledger, row, cancellationToken: cancellationToken);

    /// <summary>The sum; it is added up where its row is one of a version that did not say all that is in it.</summary>
    private async Task<BudgetSum> SumAsync(string ledger, NullableResponse<TableEntity> stored, CancellationToken cancellationToken)
    {
        if (!stored.HasValue)
        {
            return default;
        }

        if (BudgetSum.TryRead(stored.Value!) is { } read)
        {
            return read;
        }

        var sum = default(BudgetSum);
        var rows = _runs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {ledger} and RowKey gt {ShardPrefix} and RowKey lt {PrefixEnd}"),
            cancellationToken: cancellationToken
        );
        await foreach (var row in rows)
        {
            sum = sum.With(default, BudgetRow.From(row));
        }

        return sum;
    }
}
