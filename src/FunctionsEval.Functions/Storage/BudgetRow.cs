using Azure;
using Azure.Data.Tables;

namespace FunctionsEval.Functions.Storage;

/// <summary>A shard's row of a budget, in billionths.</summary>
/// <param name="Reserved">What is spent and held.</param>
/// <param name="Spent">What its calls have cost.</param>
/// <param name="Owner">The executor that took the shard last; null for none.</param>
/// <param name="Term">Its number among those that had the shard's log; 0 in a row of a version that did not count them.</param>
internal readonly record struct BudgetRow(long Reserved, long Spent, string? Owner, int Term)
{
    /// <summary>What a unit of the currency is in the table.</summary>
    public const decimal Billion = 1_000_000_000;

    private const string IsOpen = "IsOpen";

    /// <summary>What is reserved for calls in flight, and for those that may follow.</summary>
    public long Held => Reserved - Spent;

    /// <summary>The row of a shard that holds nothing.</summary>
    public static BudgetRow SpentBy(string? owner, int term, decimal spent) => new(Billionths(spent), Billionths(spent), owner, term);

    /// <summary>Reads a row; one without <c>Spent</c> was written by a version that only said whether it was in use.</summary>
    public static BudgetRow From(TableEntity row)
    {
        var reserved = row.GetInt64(nameof(Reserved)) ?? 0;
        var spent = row.GetInt64(nameof(Spent)) ?? (row.GetBoolean(IsOpen) == true ? 0 : reserved);
        return new BudgetRow(reserved, spent, row.GetString(nameof(Owner)), row.GetInt32(nameof(Term)) ?? 0);
    }

    /// <inheritdoc cref="From(TableEntity)"/>
    public static BudgetRow From(NullableResponse<TableEntity> row) => row.HasValue ? From(row.Value!) : default;

    public TableEntity ToEntity(string ledger, string rowKey)
    {
        var entity = new TableEntity(ledger, rowKey)
        {
            [nameof(Reserved)] = Reserved,
            [nameof(Spent)] = Spent,
            [IsOpen] = Held > 0,
        };
        if (Owner is not null)
        {
            entity[nameof(Owner)] = Owner;
        }

        if (Term > 0)
        {
            entity[nameof(Term)] = Term;
        }

        return entity;
    }

    /// <summary>Rounded up; an amount beyond what the table can hold is as good as the greatest one, which no ceiling allows.</summary>
    public static long Billionths(decimal amount) => (long)Math.Ceiling(Math.Min(amount, long.MaxValue / Billion) * Billion);
}

/// <summary>The sum of the shards' rows of a budget, in billionths.</summary>
/// <param name="Reserved">What they have reserved.</param>
/// <param name="Spent">What they have spent.</param>
/// <param name="Holders">How many of them hold something.</param>
/// <param name="NextWrite">The last time that a process booked for a write; null before the first.</param>
internal readonly record struct BudgetSum(long Reserved, long Spent, int Holders, DateTimeOffset? NextWrite)
{
    /// <summary>What is reserved for calls in flight, and for those that may follow.</summary>
    public long Held => Reserved - Spent;

    /// <summary>Reads a sum; null for one of a version that did not say all that is in it.</summary>
    public static BudgetSum? TryRead(TableEntity row) =>
        row.GetInt64(nameof(Spent)) is { } spent && row.GetInt32(nameof(Holders)) is { } holders
            ? new BudgetSum(row.GetInt64(nameof(Reserved)) ?? 0, spent, holders, row.GetDateTimeOffset(nameof(NextWrite)))
            : null;

    /// <summary>The sum after one of the rows in it has changed.</summary>
    public BudgetSum With(BudgetRow before, BudgetRow after) =>
        this with
        {
            Reserved = Change(Reserved, before.Reserved, after.Reserved),
            Spent = Change(Spent, before.Spent, after.Spent),
            Holders = Holders - (before.Held > 0 ? 1 : 0) + (after.Held > 0 ? 1 : 0),
        };

    public TableEntity ToEntity(string ledger, string rowKey)
    {
        var entity = new BudgetRow(Reserved, Spent, Owner: null, Term: 0).ToEntity(ledger, rowKey);
        entity[nameof(Holders)] = Holders;
        entity[nameof(NextWrite)] = NextWrite;
        return entity;
    }

    private static long Change(long sum, long before, long after) => (long)Math.Min(long.MaxValue, (decimal)sum - before + after);
}
