using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Brings the deployments of a job's tuned model and its latest checkpoints one step forward, one after the other, because an account makes
/// one at a time.
/// </summary>
internal sealed class DeployTunedModels(
    FineTuningApi api,
    TunedDeployments deployments,
    IOptions<FineTuningOptions> options,
    ILogger<DeployTunedModels> logger
)
{
    [Function(nameof(DeployTunedModels))]
    public async Task<DeployedModels> RunAsync([ActivityTrigger] TunedModelOfJob job, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        DateTimeOffset? since = null;
        try
        {
            var checkpoints = await api.ListCheckpointsAsync(job.JobId, job.TunedModel, options.Value.Checkpoints, cancellationToken);
            foreach (var model in checkpoints.Select(TunedModel.From).Prepend(TunedModel.Final(job.TunedModel)))
            {
                var step = await deployments.EnsureAsync(job.JobId, model, cancellationToken);
                names.Add(step.Name);
                since = since is { } earlier && earlier < step.Created ? earlier : step.Created;
                if (step.Failure is not null || step.State != DeploymentState.Succeeded)
                {
                    return new DeployedModels(AreReady: false, names)
                    {
                        Since = since,
                        Failure = step.Failure,
                        Problem = step.Problem,
                    };
                }
            }
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable(job.JobId, unavailable.Message);
            return new DeployedModels(AreReady: false, names) { Since = since, Problem = unavailable.Message };
        }

        return new DeployedModels(AreReady: true, names) { Since = since };
    }
}
