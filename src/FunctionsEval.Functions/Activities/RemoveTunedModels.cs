using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Activities;

/// <summary>Brings the removal of the deployments that the app made for a fine-tuning job one step forward.</summary>
internal sealed class RemoveTunedModels(TunedDeployments deployments, ILogger<RemoveTunedModels> logger)
{
    /// <returns>Whether none is left.</returns>
    [Function(nameof(RemoveTunedModels))]
    public async Task<bool> RunAsync([ActivityTrigger] string jobId, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var own in await deployments.ListAsync(cancellationToken))
            {
                // One at a time, as the account takes them.
                if (DeploymentTags.JobOf(own) == jobId && !await deployments.TryRemoveAsync(own.Name, cancellationToken))
                {
                    return false;
                }
            }

            return true;
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable(jobId, unavailable.Message);
            return false;
        }
    }
}
