using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Budget;

/// <summary>
/// The share of the budget that a shard may spend. Each sample reserves its maximum cost and gives back what it did not use.
/// </summary>
internal sealed class CostAllowance(ShardBudget budget, CallCosts costs) : IAsyncDisposable
{
    /// <summary>Maximum cost of a sample; 0 for one that needs no call.</summary>
    public decimal MaxCostOf(Sample sample) => costs.MaxCostOf(sample);

    /// <summary>Reserves what a sample can cost; it is given back by <see cref="Return"/>.</summary>
    /// <param name="max">What it can cost, more than 0.</param>
    /// <param name="mayStart">Whether a sample may still be started.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BudgetAnswer> TakeAsync(decimal max, Func<bool> mayStart, CancellationToken cancellationToken) =>
        budget.TakeAsync(max, mayStart, cancellationToken);

    /// <summary>Gives back what a sample did not cost.</summary>
    /// <param name="max">What was taken for it.</param>
    /// <param name="before">Its row with what was paid before; null for nothing.</param>
    /// <param name="paid">Its row with all that is paid now; null for nothing.</param>
    public void Return(decimal max, EvaluatedSample? before, EvaluatedSample? paid) =>
        budget.Return(max, Math.Max(0, CostOf(paid) - CostOf(before)));

    public ValueTask DisposeAsync() => budget.DisposeAsync();

    private decimal CostOf(EvaluatedSample? row) => row is null ? 0 : costs.CostOf(row);
}
