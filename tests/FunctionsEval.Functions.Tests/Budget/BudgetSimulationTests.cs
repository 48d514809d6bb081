using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Budget;

/// <summary>Many processes that spend one ceiling, by a clock of its own; some of them die, and others take their shards over.</summary>
public sealed class BudgetSimulationTests(ITestOutputHelper output)
{
    private const int ShardsOfProcess = 8;
    private const int CallsOfShard = 4;
    private const decimal MaxCost = 1;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(1, 0, 300, 1)]
    [InlineData(20, 0, 4000, 2)]
    [InlineData(20, 6, 4000, 3)]
    [InlineData(40, 0, 100, 4)]
    public async Task Processes_use_a_ceiling_up_without_exceeding_it_and_write_five_times_a_second_at_most(
        int processes,
        int killed,
        int ceiling,
        int seed
    )
    {
        var simulation = new Simulation(ceiling, seed);
        var shards = Enumerable.Range(0, processes).Select(process => simulation.RunAsync(process, dies: process < killed)).ToList();
        while (!shards.TrueForAll(process => process.IsCompleted))
        {
            await simulation.AdvanceAsync();
        }

        await Task.WhenAll(shards);
        output.WriteLine(
            $"{simulation.Paid:0.0} of {ceiling} paid, {simulation.Lost:0.0} by the dead; {simulation.Writes} writes in {simulation.Elapsed.TotalSeconds:0} s"
        );
        Assert.InRange(simulation.Paid, ceiling - MaxCost, ceiling + simulation.Lost);
        // A process that comes writes at once; after that, all of them together write once in a gap.
        Assert.InRange(simulation.Writes, 1, processes + killed + 1 + (simulation.Elapsed / RunBudgetTable.WriteGap));
        Assert.All(simulation.Rows, row => Assert.Equal(row["Spent"], row["Reserved"]));
    }

    private sealed class Simulation(int ceiling, int seed)
    {
        private readonly MemoryTables _tables = new();
        private readonly FakeTimeProvider _time = new();
        private readonly Lock _lock = new();
        private int _terms;
        private readonly DateTimeOffset _start = new FakeTimeProvider().GetUtcNow();

        /// <summary>What all calls cost.</summary>
        public decimal Paid { get; private set; }

        /// <summary>What calls cost that were under way when their process died, so that nobody knows of it.</summary>
        public decimal Lost { get; private set; }

        public int Writes => _tables.Table(StorageNames.RunsTable).Transactions;

        public IEnumerable<IReadOnlyDictionary<string, object>> Rows =>
            _tables.Table(StorageNames.RunsTable).Rows.Select(row => row.ToDictionary());

        public TimeSpan Elapsed => _time.GetUtcNow() - _start;

        /// <summary>Lets what can go on do so, then the time.</summary>
        public async Task AdvanceAsync()
        {
            for (var turn = 0; turn < 20; turn++)
            {
                await Task.Yield();
            }

            _time.Advance(Step);
        }

        /// <summary>A process evaluates its shards. One that dies is followed by another, which takes over what was logged.</summary>
        public async Task RunAsync(int process, bool dies)
        {
            var logged = new decimal[ShardsOfProcess];
            if (dies)
            {
                var end = _time.GetUtcNow() + TimeSpan.FromSeconds(5 + process);
                await EvaluateAsync(process, logged, () => _time.GetUtcNow() >= end);
                await Task.Delay(TimeSpan.FromSeconds(20), _time);
            }

            await EvaluateAsync(process, logged, () => false);
        }

        private async Task EvaluateAsync(int process, decimal[] logged, Func<bool> isDead)
        {
            var budgets = new RunBudgets(new RunBudgetTable(_tables, _time), _time);
            await Task.WhenAll(Enumerable.Range(0, ShardsOfProcess).Select(EvaluateShardAsync));

            async Task EvaluateShardAsync(int shard)
            {
                var key = new BudgetKey("run", "candidate", (process * ShardsOfProcess) + shard);
                // An orchestration calls a shard again that has to come back later.
                while (!isDead())
                {
                    var budget = await ShardBudget.OpenAsync(
                        budgets,
                        key,
                        Interlocked.Increment(ref _terms),
                        ceiling,
                        logged[shard],
                        _time,
                        CancellationToken.None
                    );
                    var ends = await Task.WhenAll(
                        Enumerable
                            .Range(0, CallsOfShard)
                            .Select(call => CallAsync(budget, shard, new Random((seed * 7919) + (key.Shard * 31) + call)))
                    );
                    if (isDead())
                    {
                        return;
                    }

                    await budget.DisposeAsync();
                    if (ends.Contains(BudgetAnswer.Exhausted))
                    {
                        return;
                    }

                    await Task.Delay(TimeSpan.FromSeconds(5), _time);
                }
            }

            async Task<BudgetAnswer> CallAsync(ShardBudget budget, int shard, Random random)
            {
                while (true)
                {
                    var answer = await budget.TakeAsync(MaxCost, () => !isDead(), CancellationToken.None);
                    if (answer != BudgetAnswer.Taken)
                    {
                        return answer;
                    }

                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 1500)), _time);
                    var cost = (decimal)random.Next(1, 1001) / 1000;
                    lock (_lock)
                    {
                        Paid += cost;
                        if (isDead())
                        {
                            Lost += cost;
                            return BudgetAnswer.Later;
                        }

                        logged[shard] += cost;
                    }

                    budget.Return(MaxCost, cost);
                }
            }
        }
    }
}
