using FunctionsEval.Core.Results;
using FunctionsEval.Functions.FineTuning;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// The suite runs over the runs of a fine-tuning job. They start with the reservation, and wait for the deployment as the runs do.
/// </summary>
internal sealed class FineTunedSuites(SuiteFolders specs, SuiteStarter starter, IOptions<FineTuningOptions> options)
{
    /// <summary>Starts a suite run for each suite that has one of the job's runs. Can be repeated.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="runs">The job's runs by dataset.</param>
    /// <param name="durable">Schedules them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartAsync(
        string jobId,
        IReadOnlyDictionary<string, string> runs,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        foreach (var folder in await specs.FindFoldersAsync(runs.Keys, cancellationToken))
        {
            var start = new SuiteStart(folder, "fine_tune")
            {
                FineTuneJob = jobId,
                ReservedRuns = runs,
                NotReserved = new RunFailure(
                    "not_fine_tuned",
                    $"fine-tuning job {jobId} is not evaluated on it, because its spec has no onFineTune for the job"
                ),
                Patience = options.Value.DeploymentDeadline,
            };
            await starter.StartOrLogAsync(start, durable, cancellationToken);
        }
    }
}
