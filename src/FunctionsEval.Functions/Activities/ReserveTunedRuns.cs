using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Looks a fine-tuning job up and, when it has ended, reserves a run for every dataset whose spec is for such jobs: the tuned model as the
/// candidate against the spec's baseline, or against its model when it has none. A job that failed gives runs that failed for that reason.
/// </summary>
internal sealed class ReserveTunedRuns(
    FineTuningApi api, DatasetStore datasets, RunBlobs blobs, RunTables tables, SpecCheck specs, IOptions<FineTuningOptions> options,
    TimeProvider time, ILogger<ReserveTunedRuns> logger)
{
    private const string Source = "fine_tune";

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
            return new TunedRuns(HasEnded: false, null, []);
        }

        if (job is null)
        {
            logger.FineTuningJobUnknown(jobId);
            return new TunedRuns(HasEnded: true, null, []);
        }

        if (!job.HasEnded)
            return new TunedRuns(HasEnded: false, null, []);

        var runs = new List<RunRequest>();
        var matching = 0;
        await foreach (var (name, specName, spec) in SuitesAsync(new FineTuneJob(job.Model, job.UserProvidedSuffix ?? job.Suffix, job.TrainingFile, trainingFileName), cancellationToken))
        {
            matching++;
            if (await ReserveAsync(job, name, specName, spec, cancellationToken) is { } run)
                runs.Add(run);
        }

        logger.FineTuningJobEnded(jobId, job.Status, matching);
        return new TunedRuns(HasEnded: true, job.FineTunedModel, runs);
    }

    /// <summary>Datasets, with the spec that applies to each, that are for a job.</summary>
    private async IAsyncEnumerable<(string Dataset, string SpecName, EvaluationSpec Spec)> SuitesAsync(
        FineTuneJob job, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, EvaluationSpec?>(StringComparer.Ordinal);
        await foreach (var (name, _, _, _) in datasets.ModifiedAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            if (DatasetNames.Classify(name) is not DatasetNameKind.Dataset)
                continue;
            foreach (var candidate in DatasetNames.SpecCandidates(name))
            {
                if (!known.TryGetValue(candidate, out var spec))
                    known[candidate] = spec = await FindSpecAsync(candidate, cancellationToken);
                if (spec is null)
                    continue;
                if (spec.OnFineTune?.Matches(job) == true && DatasetNames.TrainingFileOf(candidate, spec) != name)
                    yield return (name, candidate, spec);
                break;
            }
        }
    }

    /// <summary>The spec's training file; else the job's own, copied once for all its runs, where the provider gives it.</summary>
    private async Task<string?> FindTrainingFileAsync(FineTuningJob job, string specName, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        if (DatasetNames.TrainingFileOf(specName, spec) is { } named)
            return $"{StorageNames.Datasets}/{named}";
        return job.TrainingFile is { } file
            && await blobs.KeepJobTrainingFileAsync(job.Id, save => api.TryDownloadFileAsync(file, save, cancellationToken), cancellationToken)
            ? $"{StorageNames.Runs}/{StorageNames.JobTrainingFile(job.Id)}"
            : null;
    }

    private async Task<EvaluationSpec?> FindSpecAsync(string name, CancellationToken cancellationToken)
    {
        if (await datasets.FindSpecAsync([name], cancellationToken) is not { } file)
            return null;
        try
        {
            return SpecReader.Read(file.Content.ToString(), name);
        }
        catch (SpecException invalid)
        {
            logger.SpecUnusable(invalid.Message);
            return null;
        }
    }

    private async Task<RunRequest?> ReserveAsync(FineTuningJob job, string name, string specName, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        if (await datasets.FindAsync(name, cancellationToken) is not { } dataset)
            return null;
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
            : new RunFailure("fine_tune_failed", $"Fine-tuning job {job.Id} ended as {job.Status}{(job.Error?.Code is { } code ? $" ({code})" : "")}. Its events at the provider say why.");
        if (!await tables.TryReserveAsync(run, failure, cancellationToken))
        {
            // Ours from a try before, or a run that somebody else started: that one goes on without us.
            var row = await tables.FindRunAsync(run.RunId, cancellationToken);
            if (row?.GetString("FineTuneJob") != job.Id || row.GetString("Status") != nameof(RunStatus.AwaitingDeployment))
                return null;
            run = run with { Started = row.GetDateTimeOffset("Started") ?? run.Started };
        }

        await tables.IndexAsync(run.RunId, run.Started, run.Dataset, run.Model, run.Baseline, cancellationToken);
        if (failure is not null)
        {
            logger.RunFailed(run.RunId, failure.Code, failure.Message);
            return null;
        }

        await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
        return RunRequest.For(run.RunId, dataset, spec, await FindTrainingFileAsync(job, specName, spec, cancellationToken));
    }
}
