using System.Globalization;

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
/// <param name="Max">The maximum that it can use.</param>
internal readonly record struct BudgetRequest(decimal Spent, decimal InFlight = 0, decimal Min = 0, decimal Max = 0);

/// <summary>The result of a <see cref="BudgetRequest"/>.</summary>
/// <param name="Amount">The amount that the shard may spend beyond its calls in flight: between the minimum and the maximum, or 0.</param>
/// <param name="OthersHold">Whether other shards hold something that may come back.</param>
/// <param name="IsOwner">Whether the row is still this executor's; if not, nothing was changed.</param>
internal readonly record struct BudgetGrant(decimal Amount, bool OthersHold, bool IsOwner);

/// <summary>A change of a shard's row.</summary>
/// <param name="Key">The shard.</param>
internal abstract record BudgetChange(BudgetKey Key)
{
    /// <summary>The row after the change, by the sum of all rows and the row before.</summary>
    public abstract (BudgetRow Row, BudgetGrant Grant) Decide(BudgetSum sum, BudgetRow own);

    /// <summary>Makes an executor the owner of its shard's row, which then says what is spent and holds nothing.</summary>
    /// <remarks>
    /// A process that stood still may send it when another executor has the shard, and has spent more. It then changes nothing: its term, the
    /// executor's number among all that had the shard's log, is less than the row's.
    /// </remarks>
    public sealed record Take(BudgetKey Key, string Owner, int Term, decimal Spent) : BudgetChange(Key)
    {
        public override (BudgetRow, BudgetGrant) Decide(BudgetSum sum, BudgetRow own) =>
            (own.Term > Term ? own : BudgetRow.SpentBy(Owner, Term, Spent), default);
    }

    /// <summary>Records the cost of a shard whose calls have ended, and returns what its last executor held.</summary>
    /// <remarks>
    /// The term is that of the executor that read the shard's log or finished the shard, as in <see cref="Take"/>; null where a version that
    /// did not say it finished the shard.
    /// </remarks>
    public sealed record Settle(BudgetKey Key, int? Term, decimal Spent) : BudgetChange(Key)
    {
        public override (BudgetRow, BudgetGrant) Decide(BudgetSum sum, BudgetRow own)
        {
            var settled = BudgetRow.SpentBy(owner: null, Term ?? own.Term, Spent);
            return (own.Term > settled.Term || own with { Owner = null } == settled ? own : settled, default);
        }
    }

    /// <summary>Reserves for a shard as much of a request as the ceiling allows, and gives the rest back.</summary>
    /// <remarks>
    /// It is half of what each shard's part of the rest would be, so that few requests use up most of a ceiling and no shard holds what
    /// others need; where that is less than the shard can use, what it can use at least.
    /// </remarks>
    public sealed record Reserve(BudgetKey Key, string Owner, BudgetRequest Request, decimal Ceiling) : BudgetChange(Key)
    {
        public override (BudgetRow, BudgetGrant) Decide(BudgetSum sum, BudgetRow own)
        {
            if (own.Owner != Owner)
            {
                return (own, default);
            }

            var committed = Request.Spent + Request.InFlight;
            var free = ((decimal)BudgetRow.Billionths(Ceiling) - ((decimal)sum.Reserved - own.Reserved)) / BudgetRow.Billion - committed;
            var holders = sum.Holders + (own.Held > 0 ? 0 : 1);
            var amount = Math.Max(Request.Min, Math.Min(Request.Max, free / (2 * holders)));
            amount =
                IsWithin(amount) ? amount
                : IsWithin(Request.Min) ? Request.Min
                : 0;
            var row = new BudgetRow(BudgetRow.Billionths(committed + amount), BudgetRow.Billionths(Request.Spent), Owner, own.Term);
            return (row, new BudgetGrant(amount, OthersHold: sum.Held > own.Held, IsOwner: true));

            bool IsWithin(decimal wanted) =>
                BudgetRow.Billionths(committed + wanted) <= BudgetRow.Billionths(Ceiling) - ((decimal)sum.Reserved - own.Reserved);
        }
    }
}
