using Azure;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>Looks for the deployment of a tuned model. When the deployment exists, schedules the runs that wait for it.</summary>
internal sealed class ReleaseTunedRuns(
    FineTuningApi api,
    WaitingRuns waitingRuns,
    IOptions<FineTuningOptions> options,
    ILogger<ReleaseTunedRuns> logger
)
{
    /// <returns>Whether the model is deployed and no run waits for it any longer.</returns>
    [Function(nameof(ReleaseTunedRuns))]
    public async Task<bool> RunAsync(
        [ActivityTrigger] DeploymentWait wait,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        string? deployment;
        try
        {
            deployment = await api.FindDeploymentAsync(wait.TunedModel, cancellationToken);
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable(wait.TunedModel, unavailable.Message);
            return false;
        }

        if (deployment is null)
        {
            return false;
        }

        var model = ModelRegistry.NameOf(options.Value.Model!, deployment);
        var areReleased = true;
        foreach (var runId in wait.RunIds)
        {
            try
            {
                areReleased &= await waitingRuns.TryReleaseAsync(runId, [model], wait.Schedules, durable, cancellationToken);
            }
            catch (RequestFailedException fault)
            {
                // One run must not delay the others.
                logger.RunNotReleased(runId, $"storage answered {fault.Status} {fault.ErrorCode}");
                areReleased = false;
            }
        }

        return areReleased;
    }
}
