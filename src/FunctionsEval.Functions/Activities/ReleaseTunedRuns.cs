using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>Looks for the deployment of a tuned model; once it is there, the runs that wait for it call it.</summary>
internal sealed class ReleaseTunedRuns(
    FineTuningApi api, RunBlobs blobs, RunTables tables, IOptions<FineTuningOptions> options, ILogger<ReleaseTunedRuns> logger)
{
    /// <returns>Whether the model is deployed.</returns>
    [Function(nameof(ReleaseTunedRuns))]
    public async Task<bool> RunAsync([ActivityTrigger] DeploymentWait wait, CancellationToken cancellationToken)
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
            return false;

        var model = ModelRegistry.NameOf(options.Value.Model!, deployment);
        foreach (var runId in wait.RunIds)
        {
            var spec = await blobs.ReadSpecAsync(runId, cancellationToken);
            await blobs.WriteSpecAsync(runId, SpecReader.Canonical(spec with { Model = model }), cancellationToken);
            await tables.UpdateRunAsync(runId, new Dictionary<string, object?> { ["Model"] = model }, cancellationToken);
            logger.RunReleased(runId, model);
        }

        return true;
    }
}
