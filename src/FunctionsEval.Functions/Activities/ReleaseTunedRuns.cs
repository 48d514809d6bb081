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
        if (await FindNamesAsync(wait, cancellationToken) is not { } names)
        {
            return false;
        }

        var released = new ReleasedModels(
            [.. names.Select(name => ModelRegistry.NameOf(options.Value.Model!, name))],
            wait.Deployed?.Since
        );
        var areReleased = true;
        foreach (var runId in wait.RunIds)
        {
            try
            {
                areReleased &= await waitingRuns.TryReleaseAsync(runId, released, wait.Schedules, durable, cancellationToken);
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

    /// <summary>The names by which the tuned model and its checkpoints can be called; null while the model cannot.</summary>
    private async Task<IReadOnlyList<string>?> FindNamesAsync(DeploymentWait wait, CancellationToken cancellationToken)
    {
        if (wait.Deployed is { } deployed)
        {
            return deployed.Names;
        }

        try
        {
            if (await api.FindDeploymentAsync(wait.TunedModel, cancellationToken) is not { } deployment)
            {
                return null;
            }

            var checkpoints =
                wait.JobId is { } job && !options.Value.Provider.CallsDeployments
                    ? await api.ListCheckpointsAsync(job, wait.TunedModel, options.Value.Checkpoints, cancellationToken)
                    : [];
            return [deployment, .. checkpoints.Select(checkpoint => checkpoint.Model!)];
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable(wait.TunedModel, unavailable.Message);
            return null;
        }
    }
}
