using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>The answer to a reservation of a sample's cost.</summary>
internal enum BudgetAnswer
{
    /// <summary>It is reserved.</summary>
    Taken,

    /// <summary>Not now: other shards may give something back.</summary>
    Later,

    /// <summary>The ceiling does not allow it, and no shard will give anything back.</summary>
    Exhausted,
}

/// <summary>
/// One executor's share of a run's budget. It reserves for several samples at a time; when it is refused it gives back all that its calls
/// in flight do not need, and waits for as long as these calls or other shards still hold something.
/// </summary>
internal sealed class ShardBudget : IAsyncDisposable
{
    /// <summary>The interval between two checks whether another shard gave something back.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Maximum wait for other shards while no call of this shard is in flight. A wait here adds nothing to the history, but occupies an
    /// activity slot.
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    /// <summary>Maximum number of samples that one reservation covers: as many as a shard has.</summary>
    private const int MaxSamplesReserved = 2000;

    private readonly RunBudgets _budgets;
    private readonly BudgetKey _key;
    private readonly decimal _ceiling;
    private readonly TimeProvider _time;
    private readonly string _owner = UniqueName.Create();
    private readonly Lock _lock = new();

    /// <summary>One sample at a time asks, in the order in which they came.</summary>
    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private decimal _reserved;
    private decimal _spent;
    private decimal _inFlight;

    private ShardBudget(RunBudgets budgets, BudgetKey key, decimal ceiling, decimal spent, TimeProvider time)
    {
        _budgets = budgets;
        _key = key;
        _ceiling = ceiling;
        _time = time;
        _reserved = _spent = spent;
    }

    /// <summary>Takes a shard's share over from whoever worked on the shard before.</summary>
    /// <param name="budgets">The budgets of runs.</param>
    /// <param name="key">The shard.</param>
    /// <param name="term">The executor's number: greater than that of any that had the shard before it.</param>
    /// <param name="ceiling">What the run may cost.</param>
    /// <param name="spent">What the shard has cost.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ShardBudget> OpenAsync(
        RunBudgets budgets,
        BudgetKey key,
        int term,
        decimal ceiling,
        decimal spent,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var budget = new ShardBudget(budgets, key, ceiling, spent, time);
        await budgets.TakeAsync(key, budget._owner, term, spent, cancellationToken);
        return budget;
    }

    /// <summary>Reserves what a sample can cost at most; it is given back by <see cref="Return"/>.</summary>
    /// <param name="max">What it can cost, more than 0.</param>
    /// <param name="mayStart">Whether a sample may still be started: asked before each look.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BudgetAnswer> TakeAsync(decimal max, Func<bool> mayStart, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var waiting = _time.GetTimestamp();
            while (mayStart())
            {
                if (TryTake(max, out var request, out var returned))
                {
                    return BudgetAnswer.Taken;
                }

                var grant = await _budgets.RequestAsync(_key, _owner, request, _ceiling, cancellationToken);
                // Another executor has taken the shard; it is the one that pays.
                if (!grant.IsOwner)
                {
                    return BudgetAnswer.Later;
                }

                lock (_lock)
                {
                    _reserved = request.Spent + request.InFlight + grant.Amount;
                }

                if (grant.Amount > 0)
                {
                    continue;
                }

                if (request.InFlight > 0)
                {
                    waiting = _time.GetTimestamp();
                }
                else if (!grant.OthersHold)
                {
                    return BudgetAnswer.Exhausted;
                }
                else if (_time.GetElapsedTime(waiting) >= MaxWait)
                {
                    return BudgetAnswer.Later;
                }

                await returned.WaitAsync(LookInterval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return BudgetAnswer.Later;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says what a sample has cost.</summary>
    /// <param name="max">What was taken for it.</param>
    /// <param name="cost">Its cost.</param>
    public void Return(decimal max, decimal cost)
    {
        lock (_lock)
        {
            _inFlight -= max;
            _spent += cost;
            _returned.SetResult();
            _returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Gives back what is not spent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _budgets.RequestAsync(_key, _owner, new BudgetRequest(_spent), _ceiling, CancellationToken.None);
        _turn.Dispose();
    }

    /// <summary>
    /// Takes from the reserved amount. Otherwise returns the request to make, and a task that completes when a call of this shard ends.
    /// </summary>
    private bool TryTake(decimal max, out BudgetRequest request, out Task returned)
    {
        lock (_lock)
        {
            request = new BudgetRequest(_spent, _inFlight, max, max * MaxSamplesReserved);
            returned = _returned.Task;
            if (_reserved - _spent - _inFlight < max)
            {
                return false;
            }

            _inFlight += max;
            return true;
        }
    }
}
