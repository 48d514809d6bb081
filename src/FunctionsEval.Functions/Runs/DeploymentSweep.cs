using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Removes the deployments that the app made and that nothing needs any longer: the net below the orchestrations that make them, whatever
/// crashed or was lost.
/// </summary>
internal sealed class DeploymentSweep(
    TunedDeployments deployments,
    WaitingRuns runs,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<DeploymentSweep> logger
)
{
    /// <summary>
    /// Takes a step with each of the app's deployments that is older than <see cref="FineTuningOptions.DeployRemoveAfter"/>, or whose
    /// fine-tuning job has no orchestration and no run that has not ended.
    /// </summary>
    public async Task SweepAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (!options.Value.Deploys)
        {
            return;
        }

        try
        {
            foreach (var own in await deployments.ListAsync(cancellationToken))
            {
                if (await IsLeftAsync(own, durable, cancellationToken))
                {
                    await deployments.TryRemoveAsync(own.Name, cancellationToken);
                }
            }
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable("the account's deployments", unavailable.Message);
        }
    }

    private async Task<bool> IsLeftAsync(AccountDeployment own, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (DeploymentTags.CreationOf(own) + options.Value.DeployRemoveAfter < time.GetUtcNow())
        {
            return true;
        }

        var jobId = DeploymentTags.JobOf(own);
        if (FineTuningJobs.IsJobId(jobId) && await FineTuningJobs.IsFollowedAsync(jobId, durable, cancellationToken))
        {
            return false;
        }

        var open = await runs.FindOpenAsync(jobId, cancellationToken);
        return open is { Waiting.Count: 0, UnderWay: 0 };
    }
}
