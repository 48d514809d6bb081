using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>Opens the allowance of a shard: what it may spend of the run's cost ceiling.</summary>
internal sealed class CostAllowances(RunBudgetTable table, ModelRegistry models, TokenCounter tokens, TimeProvider time)
{
    /// <summary>
    /// The allowance of a shard whose logged rows are paid; null for a run without a ceiling, and for one that is stopped and pays no more.
    /// </summary>
    public async Task<CostAllowance?> OpenAsync(
        ShardWork work,
        RunPlan plan,
        SampleEvaluator samples,
        IEnumerable<EvaluatedSample> paid,
        CancellationToken cancellationToken
    )
    {
        if (plan.Spec.Limits.MaxCost is not { } ceiling)
        {
            return null;
        }

        if (work.IsSettling)
        {
            await SettleAsync(work, plan, samples, costs => paid.Sum(costs.Of), cancellationToken);
            return null;
        }

        var costs =
            CallCosts.TryCreate(plan, samples, work.Role, models, tokens)
            ?? throw new InvalidOperationException("A run with a cost ceiling was started without prices.");
        return new CostAllowance(
            await ShardBudget.OpenAsync(table, KeyOf(work), (decimal)ceiling, paid.Sum(costs.Of), time, cancellationToken),
            costs
        );
    }

    /// <summary>Gives back what the executor of a finished shard still held when it ended.</summary>
    public Task SettleAsync(
        ShardWork work,
        RunPlan plan,
        SampleEvaluator samples,
        ShardState finished,
        CancellationToken cancellationToken
    ) => SettleAsync(work, plan, samples, costs => costs.Of(finished), cancellationToken);

    private async Task SettleAsync(
        ShardWork work,
        RunPlan plan,
        SampleEvaluator samples,
        Func<CallCosts, decimal> spent,
        CancellationToken cancellationToken
    )
    {
        // Without prices, which were there when the run began, nothing can be reserved any more either.
        if (plan.Spec.Limits.MaxCost is not null && CallCosts.TryCreate(plan, samples, work.Role, models, tokens) is { } costs)
        {
            await table.SettleAsync(KeyOf(work), spent(costs), cancellationToken);
        }
    }

    private static BudgetKey KeyOf(ShardWork work) => new(work.RunId, work.Role, work.Shard);
}

/// <summary>What a shard may spend: every sample is given what it can cost at most, and gives back what it did not cost.</summary>
internal sealed class CostAllowance(ShardBudget budget, CallCosts costs) : IAsyncDisposable
{
    private static readonly TimeSpan ReturnWait = TimeSpan.FromSeconds(5);

    /// <summary>Evaluates a sample within the allowance.</summary>
    /// <param name="sample">The sample; null for a row that is none.</param>
    /// <param name="paid">What is logged of it; null for nothing.</param>
    /// <param name="evaluate">Evaluates it.</param>
    /// <param name="mayStart">Whether a sample may still be started.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The result; an interruption when there is nothing left, or when others may still give something back.</returns>
    public async Task<Evaluation.SampleResult> SpendAsync(
        Sample? sample,
        EvaluatedSample? paid,
        Func<Task<Evaluation.SampleResult>> evaluate,
        Func<bool> mayStart,
        CancellationToken cancellationToken
    )
    {
        var most = sample is null ? 0 : costs.MostOf(sample);
        if (most == 0)
        {
            return await evaluate();
        }

        switch (await budget.TakeAsync(most, mayStart, cancellationToken))
        {
            case BudgetAnswer.Exhausted:
                return new Evaluation.SampleResult.Interrupted(new ShardReport(ShardStatus.Failed, RunFailure.OverBudget));
            case BudgetAnswer.Later:
                return new Evaluation.SampleResult.Interrupted(ShardReport.Incomplete(ReturnWait));
        }

        decimal cost = 0;
        try
        {
            var result = await evaluate();
            cost =
                (
                    result switch
                    {
                        Evaluation.SampleResult.Done done => costs.Of(done.Row),
                        Evaluation.SampleResult.Interrupted { Paid: { } row } => costs.Of(row),
                        _ => 0,
                    }
                ) - (paid is null ? 0 : costs.Of(paid));
            return result;
        }
        finally
        {
            budget.Return(most, Math.Max(0, cost));
        }
    }

    public ValueTask DisposeAsync() => budget.DisposeAsync();
}
