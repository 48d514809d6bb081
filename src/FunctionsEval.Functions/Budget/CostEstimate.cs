using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Budget;

/// <summary>Estimates what a run costs at most, before its first call, from the dataset's first samples.</summary>
internal sealed class CostEstimate(DatasetStore datasets, ModelRegistry models, ModelCaller caller, TokenCounter tokens)
{
    private const int SamplesLookedAt = 50;
    private const long BytesLookedAt = 256 * 1024;

    /// <summary>
    /// Mean of the most that a sample can cost × rows; null when a model that is called has no prices, or there is nothing to go by.
    /// </summary>
    public async Task<double?> MostAsync(RunPlan plan, long rows, CancellationToken cancellationToken)
    {
        var costs = new List<CallCosts>();
        foreach (var role in plan.Manifest.Roles)
        {
            if (CallCosts.TryCreate(plan, new SampleEvaluator(plan, role.Role, caller), role.Role, models, tokens) is not { } ofRole)
            {
                return null;
            }

            costs.Add(ofRole);
        }

        if (plan.Manifest.Shards.Count == 0)
        {
            return null;
        }

        var (samples, most) = (0, 0m);
        // The last row may be cut off: it is malformed then, and as such not looked at.
        await foreach (var row in new ShardReader(plan, 0, datasets) { MaxBytes = BytesLookedAt }.ReadAsync(cancellationToken))
        {
            if (samples == SamplesLookedAt)
            {
                break;
            }

            if (row is not ValidRow { Sample: var sample })
            {
                continue;
            }

            samples++;
            most += costs.Sum(ofRole => ofRole.MostOf(sample));
        }

        return samples == 0 ? null : (double)most / samples * rows * plan.Spec.Limits.SampleFraction * plan.Spec.Repeats;
    }
}
