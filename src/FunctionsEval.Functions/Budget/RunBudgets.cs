using System.Collections.Concurrent;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>
/// The budgets of runs, for all shards of this process. What they ask for is collected until the process may write to the run's budget, and
/// is then asked for in one transaction.
/// </summary>
internal sealed class RunBudgets(RunBudgetTable table, TimeProvider time)
{
    private readonly RunBudgetTable _table = table;
    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);

    /// <summary>
    /// Makes an executor the owner of its shard's row, which then says what is spent and holds nothing; not where a later executor has it.
    /// </summary>
    public Task TakeAsync(BudgetKey key, string owner, int term, decimal spent, CancellationToken cancellationToken) =>
        ChangeAsync(new BudgetChange.Take(key, owner, term, spent), cancellationToken);

    /// <summary>Records the cost of a shard whose calls have ended, and returns what its last executor held.</summary>
    public Task SettleAsync(BudgetKey key, int? term, decimal spent, CancellationToken cancellationToken) =>
        ChangeAsync(new BudgetChange.Settle(key, term, spent), cancellationToken);

    /// <summary>Reserves for a shard as much of a request as the ceiling allows, and gives the rest back.</summary>
    public Task<BudgetGrant> RequestAsync(
        BudgetKey key,
        string owner,
        BudgetRequest request,
        decimal ceiling,
        CancellationToken cancellationToken
    ) => ChangeAsync(new BudgetChange.Reserve(key, owner, request, ceiling), cancellationToken);

    private Task<BudgetGrant> ChangeAsync(BudgetChange change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var ledger = _ledgers.GetOrAdd(change.Key.Ledger, name => new Ledger(this, name));
            if (ledger.TryAdd(change, cancellationToken) is { } grant)
            {
                return grant.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>What waits for one budget. It goes when nothing waits, and the process may write again.</summary>
    private sealed class Ledger(RunBudgets budgets, string name)
    {
        private readonly Lock _lock = new();
        private readonly Queue<(BudgetChange Change, TaskCompletionSource<BudgetGrant> Grant, CancellationToken GivenUp)> _waiting = new();
        private TimeSpan _pause;
        private bool _isWriting;
        private bool _hasEnded;

        /// <summary>The result of a change; null where another ledger has taken this one's place.</summary>
        public Task<BudgetGrant>? TryAdd(BudgetChange change, CancellationToken givenUp)
        {
            lock (_lock)
            {
                if (_hasEnded)
                {
                    return null;
                }

                var grant = new TaskCompletionSource<BudgetGrant>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue((change, grant, givenUp));
                if (!_isWriting)
                {
                    _isWriting = true;
                    _ = WriteAsync();
                }

                return grant.Task;
            }
        }

        private async Task WriteAsync()
        {
            // Shards of the process that ask at the same time are one transaction from the first on.
            await Task.Yield();
            while (TakeWaiting() is { Count: > 0 } batch)
            {
                await WriteAsync(batch);
                await Task.Delay(_pause, budgets._time, CancellationToken.None);
            }
        }

        /// <summary>What waits now, as many as fit into a transaction; none ends this ledger.</summary>
        private List<(BudgetChange Change, TaskCompletionSource<BudgetGrant> Grant)> TakeWaiting()
        {
            lock (_lock)
            {
                var batch = new List<(BudgetChange, TaskCompletionSource<BudgetGrant>)>();
                while (batch.Count < RunBudgetTable.MaxChanges && _waiting.TryDequeue(out var next))
                {
                    // Nobody waits for one that was given up, and another executor may have the shard by now.
                    if (!next.GivenUp.IsCancellationRequested)
                    {
                        batch.Add((next.Change, next.Grant));
                    }
                }

                if (batch.Count == 0)
                {
                    _hasEnded = true;
                    budgets._ledgers.TryRemove(new KeyValuePair<string, Ledger>(name, this));
                }

                return batch;
            }
        }

        private async Task WriteAsync(List<(BudgetChange Change, TaskCompletionSource<BudgetGrant> Grant)> batch)
        {
            try
            {
                var made = await budgets._table.ChangeAsync(name, [.. batch.Select(item => item.Change)], CancellationToken.None);
                for (var index = 0; index < batch.Count; index++)
                {
                    batch[index].Grant.SetResult(made.Grants[index]);
                }

                // A look that wrote nothing, because others have what is left, booked nothing: the next waits as long as the last write did.
                if (made.Booked is { } booked)
                {
                    var pause = booked - budgets._time.GetUtcNow();
                    _pause = pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
                }
            }
            catch (Exception fault)
            {
                // Each shard that waits meets it, and its activity is repeated.
                batch.ForEach(item => item.Grant.TrySetException(fault));
            }
        }
    }
}
