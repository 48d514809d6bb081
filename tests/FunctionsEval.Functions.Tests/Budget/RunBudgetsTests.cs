using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Budget;

/// <summary>What waits for a budget while the process may not write to it.</summary>
public sealed class RunBudgetsTests
{
    private readonly MemoryTables _tables = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RunBudgets _budgets;

    public RunBudgetsTests() => _budgets = new RunBudgets(new RunBudgetTable(_tables, _time), _time);

    [Fact]
    public async Task Shard_that_its_executor_lost_while_it_waited_is_not_taken()
    {
        await TakeAsync(0, TestContext.Current.CancellationToken);
        using var lost = new CancellationTokenSource();
        var late = TakeAsync(1, lost.Token);
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);

        var other = TakeAsync(2, TestContext.Current.CancellationToken);
        while (!other.IsCompleted)
        {
            _time.Advance(RunBudgetTable.WriteGap);
            await Task.Yield();
        }

        await other;
        Assert.Equal(
            ["budget", Key(0).Row, Key(2).Row],
            _tables.Table(StorageNames.RunsTable).Rows.Select(row => row.RowKey).Order(StringComparer.Ordinal)
        );
    }

    private static BudgetKey Key(int shard) => new("run", "candidate", shard);

    private Task TakeAsync(int shard, CancellationToken cancellationToken) =>
        _budgets.TakeAsync(Key(shard), owner: "executor", term: 1, spent: 1, cancellationToken);
}
