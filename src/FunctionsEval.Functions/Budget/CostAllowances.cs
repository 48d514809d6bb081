using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>Opens the allowance of a shard: its share of the run's cost ceiling.</summary>
internal sealed class CostAllowances(RunBudgets budgets, ModelRegistry models, TokenCounter tokens, TimeProvider time)
{
    /// <summary>Opens the allowance of a shard.</summary>
    /// <param name="work">The shard.</param>
    /// <param name="calls">The calls for its role.</param>
    /// <param name="log">Its log, whose rows are paid.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for a run without a ceiling, and for one that is stopped and pays no more.</returns>
    public async Task<CostAllowance?> OpenAsync(ShardWork work, RoleCalls calls, ShardLog log, CancellationToken cancellationToken)
    {
        if (calls.MaxCost is not { } ceiling)
        {
            return null;
        }

        if (work.IsSettling)
        {
            await SettleAsync(work, calls, log.Term, costs => log.Rows.Values.Sum(costs.CostOf), cancellationToken);
            return null;
        }

        var costs =
            CallCosts.TryCreate(calls, models, tokens)
            ?? throw new InvalidOperationException("A run with a cost ceiling was started without prices.");
        return new CostAllowance(
            await ShardBudget.OpenAsync(
                budgets,
                KeyOf(work, calls),
                log.Term,
                (decimal)ceiling,
                log.Rows.Values.Sum(costs.CostOf),
                time,
                cancellationToken
            ),
            costs
        );
    }

    /// <summary>
    /// Gives back what the executor of a finished shard still held when it ended. Where a resumption has asked some of its samples again
    /// since, the shard is another executor's and stays as it is.
    /// </summary>
    public Task SettleAsync(ShardWork work, RoleCalls calls, ShardState finished, CancellationToken cancellationToken) =>
        SettleAsync(work, calls, finished.Term > 0 ? finished.Term : null, costs => costs.CostOf(finished), cancellationToken);

    private async Task SettleAsync(
        ShardWork work,
        RoleCalls calls,
        int? term,
        Func<CallCosts, decimal> spent,
        CancellationToken cancellationToken
    )
    {
        // Without prices, which were there when the run began, nothing can be reserved any more either.
        if (calls.MaxCost is not null && CallCosts.TryCreate(calls, models, tokens) is { } costs)
        {
            await budgets.SettleAsync(KeyOf(work, calls), term, spent(costs), cancellationToken);
        }
    }

    private static BudgetKey KeyOf(ShardWork work, RoleCalls calls) =>
        new(calls.Group ?? work.RunId, work.Role, work.Shard) { Member = calls.Group is null ? null : work.RunId };
}
