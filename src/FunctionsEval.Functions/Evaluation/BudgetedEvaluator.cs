using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Evaluates samples within a shard's allowance. A sample is interrupted when there is nothing left, or when others may still give
/// something back.
/// </summary>
internal sealed class BudgetedEvaluator(ISampleEvaluator evaluator, CostAllowance allowance, ShardAttempt attempt) : ISampleEvaluator
{
    private static readonly TimeSpan ReturnWait = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<SampleEvaluation> EvaluateAsync(
        DatasetRow row,
        EvaluatedSample? logged,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var max = row is ValidRow { Sample: var sample } ? allowance.MaxCostOf(sample) : 0;
        if (max == 0)
        {
            return await evaluator.EvaluateAsync(row, logged, sendNoMore, cancellationToken);
        }

        switch (await allowance.TakeAsync(max, () => attempt.MayStart, sendNoMore))
        {
            case BudgetAnswer.Exhausted:
                return new SampleEvaluation.Interrupted(new ShardReport(ShardStatus.Failed, RunFailure.OverBudget));
            case BudgetAnswer.Later:
                return new SampleEvaluation.Interrupted(ShardReport.Incomplete(ReturnWait));
        }

        EvaluatedSample? paid = null;
        try
        {
            var result = await evaluator.EvaluateAsync(row, logged, sendNoMore, cancellationToken);
            paid = result.Paid;
            return result;
        }
        finally
        {
            allowance.Return(max, before: logged, paid);
        }
    }
}
