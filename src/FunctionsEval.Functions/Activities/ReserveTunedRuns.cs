using Azure;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Looks a fine-tuning job up and, when it has ended, reserves a run for every dataset whose spec is for such jobs: the tuned model as the
/// candidate against the spec's baseline, or against its model when it has none. A job that failed gives runs that failed for that reason.
/// </summary>
internal sealed class ReserveTunedRuns(
    FineTuningApi api,
    DatasetStore datasets,
    RunBlobs blobs,
    OpenRuns openRuns,
    RunTables tables,
    SpecCheck specs,
    TrainingFileNames trainingFiles,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<ReserveTunedRuns> logger
)
{
    private const string Source = "fine_tune";

    /// <summary>One more than is read of a training file, so that the run says that it is too large.</summary>
    private const long MaxTrainingBytes = TrainingIndex.MaxFileBytes + 1;

    [Function(nameof(ReserveTunedRuns))]
    public async Task<TunedRuns> RunAsync([ActivityTrigger] string jobId, CancellationToken cancellationToken)
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
            return new TunedRuns(HasEnded: false, null, []) { Waiting = [] };
        }

        if (job is null)
        {
            logger.FineTuningJobUnknown(jobId);
            return await EndedAsync(jobId, model: null, cancellationToken);
        }

        if (!job.HasEnded)
        {
            return new TunedRuns(HasEnded: false, null, []) { Waiting = [] };
        }

        var tuned = new FineTuneJob(job.Model, job.UserProvidedSuffix ?? job.Suffix, job.TrainingFile, trainingFileName);
        var known = new Dictionary<string, EvaluationSpec?>(StringComparer.Ordinal);
        var (matching, failed) = (0, 0);
        await foreach (var (name, _, _, _) in datasets.ModifiedAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            try
            {
                if (await FindSuiteAsync(name, tuned, known, cancellationToken) is not var (specName, spec))
                {
                    continue;
                }

                matching++;
                await ReserveAsync(job, name, specName, spec, cancellationToken);
            }
            catch (RequestFailedException fault)
            {
                // One dataset, or its spec, must not keep the others waiting.
                logger.TunedRunNotReserved(jobId, name, $"storage answered {fault.Status} {fault.ErrorCode}");
                failed++;
            }
        }

        logger.FineTuningJobEnded(jobId, job.Status, matching);
        return await EndedAsync(jobId, job.FineTunedModel, cancellationToken) with { IsPartial = failed > 0 };
    }

    /// <summary>The job's runs that wait for its model: those reserved now, before, and those that were resumed since.</summary>
    private async Task<TunedRuns> EndedAsync(string jobId, string? model, CancellationToken cancellationToken)
    {
        var waiting = new List<WaitingRun>();
        await foreach (var open in openRuns.ReadAsync(cancellationToken))
        {
            if (
                await tables.FindRunAsync(open.RowKey, cancellationToken) is { } row
                && row.GetString("FineTuneJob") == jobId
                && row.GetString("Status") == nameof(RunStatus.AwaitingDeployment)
            )
            {
                waiting.Add(new WaitingRun(open.RowKey, RunTables.ResumptionsOf(row)));
            }
        }

        return new TunedRuns(HasEnded: true, model, []) { Waiting = waiting };
    }

    /// <summary>The spec that applies to a dataset, if it is for a job; null for any other blob.</summary>
    private async Task<(string Name, EvaluationSpec Spec)?> FindSuiteAsync(
        string dataset,
        FineTuneJob job,
        Dictionary<string, EvaluationSpec?> known,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.Classify(dataset) is not DatasetNameKind.Dataset)
        {
            return null;
        }

        foreach (var candidate in DatasetNames.SpecCandidates(dataset))
        {
            if (!known.TryGetValue(candidate, out var spec))
            {
                known[candidate] = spec = await FindSpecAsync(candidate, cancellationToken);
            }

            if (spec is null)
            {
                continue;
            }

            return
                spec.OnFineTune?.Matches(job) == true
                && await trainingFiles.FindSpecAsync(dataset, (candidate, spec), cancellationToken) is null
                ? (candidate, spec)
                : null;
        }

        return null;
    }

    /// <summary>
    /// The spec's training file; else the job's own, copied once for all its runs. Where the provider does not give it, the run says that
    /// it is missing.
    /// </summary>
    private async Task<string?> FindTrainingFileAsync(
        FineTuningJob job,
        string specName,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.TrainingFileOf(specName, spec) is { } named)
        {
            return $"{StorageNames.Datasets}/{named}";
        }

        if (job.TrainingFile is not { } file)
        {
            return null;
        }

        await blobs.KeepJobTrainingFileAsync(
            job.Id,
            save => api.TryDownloadFileAsync(file, MaxTrainingBytes, save, cancellationToken),
            cancellationToken
        );
        return $"{StorageNames.Runs}/{StorageNames.JobTrainingFile(job.Id)}";
    }

    private async Task<EvaluationSpec?> FindSpecAsync(string name, CancellationToken cancellationToken)
    {
        if (await datasets.FindSpecAsync([name], cancellationToken) is not { } file)
        {
            return null;
        }

        try
        {
            return SpecReader.Read(file.Content.ToMemory().Span, name);
        }
        catch (SpecException invalid)
        {
            logger.SpecUnusable(invalid.Message);
            return null;
        }
    }

    private async Task ReserveAsync(
        FineTuningJob job,
        string name,
        string specName,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (await datasets.FindAsync(name, cancellationToken) is not { } dataset)
        {
            return;
        }

        spec = spec with
        {
            Model = ModelRegistry.NameOf(options.Value.Model!, job.FineTunedModel ?? job.Id),
            Baseline = spec.Baseline ?? spec.Model,
            OnFineTune = null,
        };
        var identity = SpecReader.Identity(spec);
        var run = new RunReservation
        {
            RunId = datasets.RunIdOf(dataset, identity, attempt: 0),
            Dataset = dataset.Name,
            DatasetETag = dataset.ETag,
            DatasetBytes = dataset.Length,
            DatasetHash = dataset.ContentHash,
            Suite = DatasetNames.SuiteOf(dataset.Name),
            Name = spec.Name ?? DatasetNames.SuiteOf(dataset.Name),
            Model = spec.Model,
            Baseline = spec.Baseline,
            SpecHash = RunReservation.HashOf(identity),
            Started = time.GetUtcNow(),
            Source = Source,
            FineTuneJob = job.Id,
        };
        var failure = job.HasSucceeded
            ? specs.Check(specName, spec)
            : new RunFailure(
                "fine_tune_failed",
                $"Fine-tuning job {job.Id} ended as {job.Status}{(job.Error?.Code is { } code ? $" ({code})" : "")}. Its events at the provider say why."
            );
        if (await tables.FindRunAsync(run.RunId, cancellationToken) is null)
        {
            if (job.HasSucceeded)
            {
                run = run with { TrainingFile = await FindTrainingFileAsync(job, specName, spec, cancellationToken) };
                await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
            }

            if (await tables.TryReserveAsync(run, failure, cancellationToken) && failure is not null)
            {
                logger.RunFailed(run.RunId, failure.Code, failure.Message);
            }
        }

        // Ours from a try before is indexed once more; a run that somebody else started goes on without us.
        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { } row && row.GetString("FineTuneJob") == job.Id)
        {
            await tables.IndexAsync(row, cancellationToken);
        }
    }
}
