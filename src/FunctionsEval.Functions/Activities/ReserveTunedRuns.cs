using Azure;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Looks up a fine-tuning job and, when it has ended, reserves a run for every dataset whose spec matches the job
/// (<see cref="FineTuningReservations"/>).
/// </summary>
internal sealed class ReserveTunedRuns(
    FineTuningApi api,
    DatasetStore datasets,
    TrainingFileNames trainingFiles,
    FineTuningReservations reservations,
    WaitingRuns waitingRuns,
    SuiteFolders folders,
    FineTunedSuites suiteRuns,
    ILogger<ReserveTunedRuns> logger
)
{
    private static readonly FineTuningRuns NotEnded = new(HasEnded: false, null, []) { Waiting = [] };

    [Function(nameof(ReserveTunedRuns))]
    public async Task<FineTuningRuns> RunAsync(
        [ActivityTrigger] string jobId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        FineTuningJob? job;
        string? trainingFileName;
        try
        {
            job = await api.FindJobAsync(jobId, cancellationToken);
            trainingFileName = job?.TrainingFile is { } file ? await api.FindFileNameAsync(file, cancellationToken) : null;
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable(jobId, unavailable.Message);
            return NotEnded;
        }

        if (job is null)
        {
            logger.FineTuningJobUnknown(jobId);
            return await EndedAsync(jobId, model: null, isPartial: false, cancellationToken);
        }

        if (!job.HasEnded)
        {
            return NotEnded;
        }

        var (runs, matching, failed) = await ReserveAllAsync(job, trainingFileName, cancellationToken);
        if (job.HasSucceeded && failed == 0)
        {
            await suiteRuns.StartAsync(jobId, runs, durable, cancellationToken);
        }

        logger.FineTuningJobEnded(jobId, job.Status, matching);
        return await EndedAsync(jobId, job.FineTunedModel, isPartial: failed > 0, cancellationToken);
    }

    /// <returns>The runs by dataset, how many datasets match the job, and for how many of them no run could be reserved now.</returns>
    private async Task<(IReadOnlyDictionary<string, string> Runs, int Matching, int Failed)> ReserveAllAsync(
        FineTuningJob job,
        string? trainingFileName,
        CancellationToken cancellationToken
    )
    {
        var matched = new FineTuningJobTraits(job.Model, job.UserProvidedSuffix ?? job.Suffix, job.TrainingFile, trainingFileName);
        var suites = new DatasetSpecs(datasets, trainingFiles, logger);
        var runs = new Dictionary<string, string>(StringComparer.Ordinal);
        var (matching, failed) = (0, 0);
        await foreach (var (name, _, _, _) in datasets.ModifiedAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            try
            {
                if (
                    await suites.FindAsync(name, one => one.OnFineTune?.Matches(matched) == true, cancellationToken)
                    is not var (specName, spec)
                )
                {
                    continue;
                }

                matching++;
                spec = await folders.QuietAsync(name, spec, cancellationToken);
                if (await reservations.ReserveAsync(job, name, specName, spec, cancellationToken) is { } runId)
                {
                    runs[name] = runId;
                }
            }
            catch (RequestFailedException fault)
            {
                // One dataset, or its spec, must not delay the others.
                logger.TunedRunNotReserved(job.Id, name, $"storage answered {fault.Status} {fault.ErrorCode}");
                failed++;
            }
        }

        return (runs, matching, failed);
    }

    private async Task<FineTuningRuns> EndedAsync(string jobId, string? model, bool isPartial, CancellationToken cancellationToken) =>
        new(HasEnded: true, model, []) { Waiting = await waitingRuns.FindAsync(jobId, cancellationToken), IsPartial = isPartial };
}
