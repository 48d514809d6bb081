using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Estimates what a run costs at most, before its first call, from the dataset's first samples.</summary>
internal sealed class CostEstimate(DatasetText texts, ModelRegistry models, TokenCounter tokens)
{
    private const int SamplesLookedAt = 50;
    private const long BytesLookedAt = 256 * 1024;

    /// <summary>Mean of the samples' maximum cost × samples.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="datasetSamples">Samples of its dataset.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when a model that is called has no prices, or when there is no sample to estimate from.</returns>
    public async Task<double?> MaxAsync(RunPlan plan, double datasetSamples, CancellationToken cancellationToken)
    {
        var costs = plan
            .Manifest.Roles.Where(role => !plan.IsStored(role.Role))
            .Select(role => CallCosts.TryCreate(SampleRequests.CallsOf(plan, role.Role), models, tokens))
            .ToList();
        if (costs.Contains(null) || plan.Manifest.Shards.Count == 0)
        {
            return null;
        }

        var (samples, max) = (0, 0m);
        // The last row may be cut off. It is malformed then, and ignored.
        await foreach (var row in new ShardReader(plan, 0, texts) { MaxBytes = BytesLookedAt }.ReadAsync(cancellationToken))
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
            max += costs.Sum(ofRole => ofRole!.MaxCostOf(sample));
        }

        return samples == 0 ? null : (double)max / samples * datasetSamples * plan.Spec.Limits.SampleFraction * plan.Spec.Repeats;
    }
}
