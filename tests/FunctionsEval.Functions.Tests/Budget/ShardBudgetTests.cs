using Azure.Data.Tables;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Budget;

public sealed class ShardBudgetTests
{
    private readonly MemoryTables _tables = new();
    private readonly SkippingTime _time = new();
    private readonly RunBudgets _budget;
    private int _terms;

    public ShardBudgetTests() => _budget = new RunBudgets(new RunBudgetTable(_tables, _time), _time);

    [Theory]
    [InlineData(8, 1)]
    [InlineData(40, 1)]
    [InlineData(40, 8)]
    public async Task Shards_use_the_ceiling_up_and_then_all_say_so(int shards, int callsAtOnce)
    {
        const decimal Ceiling = 30,
            Most = 1,
            Cost = 0.25m;
        var answers = await Task.WhenAll(Enumerable.Range(0, shards).Select(EvaluateAsync));

        // None has to come back later: nobody is waited for who waits himself.
        Assert.All(answers, answer => Assert.Equal(BudgetAnswer.Exhausted, answer));
        // Refused is only what does not fit.
        Assert.InRange(Amount("budget", "Spent"), Ceiling - Most, Ceiling);
        Assert.All(Table.Rows, row => Assert.Equal((row["Reserved"], false), (row["Spent"], row["IsOpen"])));

        async Task<BudgetAnswer> EvaluateAsync(int shard)
        {
            await using var budget = await ShardBudget.OpenAsync(
                _budget,
                Key(shard),
                term: 1,
                Ceiling,
                spent: 0,
                new StandingTime(),
                TestContext.Current.CancellationToken
            );
            var ends = await Task.WhenAll(Enumerable.Range(0, callsAtOnce).Select(_ => CallAsync(budget)));
            return Assert.Single(ends.Distinct());
        }

        async Task<BudgetAnswer> CallAsync(ShardBudget budget)
        {
            while (true)
            {
                if (
                    await budget.TakeAsync(Most, () => true, TestContext.Current.CancellationToken) is var answer
                    && answer != BudgetAnswer.Taken
                )
                {
                    return answer;
                }

                await Task.Yield();
                budget.Return(Most, Cost);
            }
        }
    }

    [Fact]
    public async Task Shard_that_is_refused_waits_for_what_another_has_in_flight()
    {
        await using var first = await OpenAsync(0, ceiling: 10);
        await using var second = await OpenAsync(1, ceiling: 10);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(first, 8));
        var looks = 0;
        var refused = Task.FromResult(BudgetAnswer.Later);

        Assert.Equal(BudgetAnswer.Taken, await second.TakeAsync(8, ReturnWhatIsInFlight, TestContext.Current.CancellationToken));
        Assert.NotEqual(BudgetAnswer.Taken, await refused);

        bool ReturnWhatIsInFlight()
        {
            // Its shard keeps what it did not cost, and gives that back when it asks for more than there is.
            if (++looks == 2)
            {
                first.Return(8, 2);
                refused = TakeAsync(first, 80);
            }

            return true;
        }
    }

    [Fact]
    public async Task Shard_waits_for_its_own_calls_however_long_they_take()
    {
        await using var budget = await OpenAsync(0, ceiling: 10);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(budget, 8));
        var looks = 0;

        var answer = await budget.TakeAsync(8, LookedOften, TestContext.Current.CancellationToken);

        Assert.Equal(BudgetAnswer.Taken, answer);

        bool LookedOften()
        {
            if (++looks == 3 * ShardBudget.MaxWait / ShardBudget.LookInterval)
            {
                budget.Return(8, 1);
            }

            return true;
        }
    }

    [Fact]
    public async Task What_a_dead_executor_holds_is_waited_for_until_its_shard_is_settled()
    {
        var dead = await OpenAsync(0, ceiling: 10);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(dead, 8));
        await using var other = await OpenAsync(1, ceiling: 10);

        Assert.Equal(BudgetAnswer.Later, await TakeAsync(other, 8));
        await _budget.SettleAsync(Key(0), term: null, 1, TestContext.Current.CancellationToken);

        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(other, 8));
        Assert.Equal((1m, 1m), (Amount(Key(0).Row, "Reserved"), Amount(Key(0).Row, "Spent")));
    }

    [Fact]
    public async Task Executor_that_lost_its_shard_neither_reserves_nor_changes_its_successors_row()
    {
        var zombie = await OpenAsync(0, ceiling: 100);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(zombie, 1));
        await using var successor = await OpenAsync(0, ceiling: 100, spent: 5);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(successor, 2));
        var row = Table.Find("run", Key(0).Row)!;

        Assert.Equal(BudgetAnswer.Later, await TakeAsync(zombie, 50));
        zombie.Return(1, 1);
        await zombie.DisposeAsync();

        Assert.Equal(row.ETag, Table.Find("run", Key(0).Row)!.ETag);
        // The only one that holds something has half of the rest.
        Assert.Equal(5 + ((100 - 5) / 2m), Amount("budget", "Reserved"));
    }

    [Fact]
    public async Task Shard_that_may_start_nothing_more_stops_waiting()
    {
        await using var holder = await OpenAsync(0, ceiling: 10);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(holder, 8));
        await using var other = await OpenAsync(1, ceiling: 10);
        var looks = 0;

        Assert.Equal(BudgetAnswer.Later, await other.TakeAsync(8, () => ++looks < 3, TestContext.Current.CancellationToken));
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Looking_again_writes_nothing()
    {
        await using var holder = await OpenAsync(0, ceiling: 10);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(holder, 8));
        await using var other = await OpenAsync(1, ceiling: 10);
        var writes = Table.Transactions;

        Assert.Equal(BudgetAnswer.Later, await TakeAsync(other, 8));

        Assert.Equal(writes, Table.Transactions);
    }

    [Fact]
    public async Task Rows_of_a_version_that_did_not_say_what_is_spent_are_understood()
    {
        Table.Set(new TableEntity("run", "budget") { ["Reserved"] = 9_000_000_000L });
        Table.Set(new TableEntity("run", Key(0).Row) { ["Reserved"] = 4_000_000_000L, ["IsOpen"] = false });
        Table.Set(new TableEntity("run", Key(1).Row) { ["Reserved"] = 5_000_000_000L, ["IsOpen"] = true });
        await using var budget = await OpenAsync(2, ceiling: 10);

        // The second shard may give something back, and the first will not.
        Assert.Equal(BudgetAnswer.Later, await TakeAsync(budget, 3));
        await _budget.SettleAsync(Key(1), term: null, 2, TestContext.Current.CancellationToken);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(budget, 3));
        budget.Return(3, 3);
        Assert.Equal(BudgetAnswer.Exhausted, await TakeAsync(budget, 3));
    }

    [Fact]
    public async Task Amounts_beyond_any_ceiling_do_not_overflow()
    {
        // The dearest prices, and as many tokens as an endpoint can say: for each of several shards.
        const decimal Dear = 2m * int.MaxValue * 1_000_000;
        const decimal Ceiling = 9_000_000_000;
        await using var first = await OpenAsync(0, Ceiling);
        Assert.Equal(BudgetAnswer.Exhausted, await TakeAsync(first, Dear));
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(first, 1));
        first.Return(1, Dear);
        await using var second = await OpenAsync(1, Ceiling, spent: Dear);

        Assert.Equal(BudgetAnswer.Exhausted, await TakeAsync(first, 1));
        Assert.Equal(BudgetAnswer.Exhausted, await TakeAsync(second, 1));
    }

    /// <summary>
    /// What a process that stood still sends when it goes on: the shard has been another's since, which spent more. The ceiling would be
    /// exceeded by that.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shard_that_is_taken_late_stays_that_of_the_executor_that_came_after(bool hasEnded)
    {
        const decimal Ceiling = 10;
        var later = await OpenAsync(0, term: 2, Ceiling, spent: 1);
        Assert.Equal(BudgetAnswer.Taken, await TakeAsync(later, 8));
        later.Return(8, 8);
        if (hasEnded)
        {
            await later.DisposeAsync();
        }

        await using (var late = await OpenAsync(0, term: 1, Ceiling, spent: 0))
        {
            Assert.Equal(BudgetAnswer.Later, await TakeAsync(late, 1));
        }

        await _budget.SettleAsync(Key(0), term: 1, spent: 0, TestContext.Current.CancellationToken);
        if (!hasEnded)
        {
            await later.DisposeAsync();
        }

        Assert.Equal((9, 9), (Amount("budget", "Spent"), Amount("budget", "Reserved")));
        await using var other = await OpenAsync(1, Ceiling);
        Assert.Equal(BudgetAnswer.Exhausted, await TakeAsync(other, 2));
    }

    private static BudgetKey Key(int shard) => new("run", "candidate", shard);

    private Task<ShardBudget> OpenAsync(int shard, decimal ceiling, decimal spent = 0) => OpenAsync(shard, ++_terms, ceiling, spent);

    private Task<ShardBudget> OpenAsync(int shard, int term, decimal ceiling, decimal spent) =>
        ShardBudget.OpenAsync(_budget, Key(shard), term, ceiling, spent, _time, TestContext.Current.CancellationToken);

    private static Task<BudgetAnswer> TakeAsync(ShardBudget budget, decimal most) =>
        budget.TakeAsync(most, () => true, TestContext.Current.CancellationToken);

    private MemoryTable Table => _tables.Table(StorageNames.RunsTable);

    private decimal Amount(string rowKey, string column) => Table.Find("run", rowKey)!.GetInt64(column)!.Value / 1_000_000_000m;

    /// <summary>A clock that stands still while its waits pass at once: many may wait, and none has waited too long.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
