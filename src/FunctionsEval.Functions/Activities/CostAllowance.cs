using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Activities;

/// <summary>Opens the allowance of a shard: what it may spend of the run's cost ceiling.</summary>
internal sealed class CostAllowances(RunBudgetTable table, ModelRegistry models, TokenCounter tokens)
{
    /// <summary>The allowance of a shard whose logged rows are paid; null for a run without a ceiling.</summary>
    public async Task<CostAllowance?> OpenAsync(
        ShardWork work, RunPlan plan, SampleEvaluator samples, IEnumerable<LogRow> paid, CancellationToken cancellationToken)
    {
        if (work.IsSettling || plan.Spec.Limits.MaxCost is not { } ceiling)
            return null;
        var costs = CallCosts.TryCreate(plan, samples, work.Role, models, tokens)
            ?? throw new InvalidOperationException("A run with a cost ceiling was started without prices.");
        var spent = paid.Sum(costs.Of);
        var key = new BudgetKey(work.RunId, work.Role, work.Shard);
        await table.SetAsync(key, spent, isOpen: true, cancellationToken);
        return new CostAllowance(table, key, costs, (long)((decimal)ceiling * CallCosts.Billion), spent);
    }
}

/// <summary>
/// What a shard may spend. It reserves for several samples at a time in the run's budget row, gives every sample what it can cost at most,
/// takes back what it did not cost, and returns the rest when the shard is left.
/// </summary>
internal sealed class CostAllowance(RunBudgetTable table, BudgetKey key, CallCosts costs, long ceiling, long spent) : IAsyncDisposable
{
    /// <summary>Samples that one reservation is for: few enough that many shards do not sit on the rest of a ceiling.</summary>
    private const int SamplesReserved = 16;

    private static readonly TimeSpan ReturnWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1);
    private long _free;
    private long _spent = spent;
    private long _taken;

    /// <summary>Evaluates a sample within the allowance.</summary>
    /// <returns>The result; an interruption when there is nothing left, or when others may still give something back.</returns>
    public async Task<SampleResult> SpendAsync(Sample? sample, LogRow? paid, Func<Task<SampleResult>> evaluate, CancellationToken cancellationToken)
    {
        var most = sample is null ? 0 : costs.MostOf(sample);
        if (most > 0 && !await TryTakeAsync(most, cancellationToken))
        {
            var mayComeBack = Volatile.Read(ref _taken) > 0 || await table.AnyOtherOpenAsync(key, cancellationToken);
            return new SampleResult.Interrupted(mayComeBack ? ShardReport.Incomplete(ReturnWait) : new ShardReport(ShardStatus.Failed, RunFailure.OverBudget));
        }

        long cost = 0;
        try
        {
            var result = await evaluate();
            cost = (result switch
            {
                SampleResult.Done done => costs.Of(done.Row),
                SampleResult.Interrupted { Paid: { } row } => costs.Of(row),
                _ => 0,
            }) - (paid is null ? 0 : costs.Of(paid));
            return result;
        }
        finally
        {
            await GiveBackAsync(most, Math.Max(0, cost));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await table.SetAsync(key, _spent, isOpen: false, CancellationToken.None);
        _gate.Dispose();
    }

    private async Task<bool> TryTakeAsync(long most, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_free < most)
            {
                var needed = most - _free;
                var wanted = needed + (most * (SamplesReserved - 1));
                if (await table.TryReserveAsync(key, wanted, ceiling, cancellationToken))
                    _free += wanted;
                else if (await table.TryReserveAsync(key, needed, ceiling, cancellationToken))
                    _free += needed;
                else
                    return false;
            }

            _free -= most;
            _taken += most;
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task GiveBackAsync(long most, long cost)
    {
        await _gate.WaitAsync(CancellationToken.None);
        _free += most - cost;
        _taken -= most;
        _spent += cost;
        _gate.Release();
    }
}
