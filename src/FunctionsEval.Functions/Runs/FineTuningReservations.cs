using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Reserves the runs of an ended fine-tuning job: the tuned model as the candidate against the spec's baseline, or against the spec's model
/// when it has no baseline. A job that failed gives runs that failed for that reason.
/// </summary>
internal sealed class FineTuningReservations(
    FineTuningApi api,
    DatasetStore datasets,
    RunBlobs blobs,
    SpecCheck specs,
    StoredBaselines baselines,
    RunReservations reservations,
    IOptions<FineTuningOptions> options,
    ILogger<FineTuningReservations> logger
)
{
    private const string Source = "fine_tune";

    /// <summary>One byte more than is read of a training file, so that the run reports that the file is too large.</summary>
    private const long MaxTrainingBytes = TrainingIndex.MaxFileBytes + 1;

    /// <summary>Reserves the run of one dataset. Can be repeated.</summary>
    /// <returns>The run's id; null where the dataset is gone.</returns>
    public async Task<string?> ReserveAsync(
        FineTuningJob job,
        string name,
        string specName,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (await datasets.FindAsync(name, cancellationToken) is not { } dataset)
        {
            return null;
        }

        var wish = spec.OnFineTune ?? new FineTuneSpec();
        spec = SpecOf(spec, [ModelRegistry.NameOf(options.Value.Model!, job.FineTunedModel ?? job.Id)]);
        var leftOut = AddGrader(job, specName, wish, ref spec);
        var run = reservations.Create(dataset, spec, attempt: 0, Source) with
        {
            Status = RunStatus.AwaitingDeployment,
            FineTuneJob = job.Id,
        };
        if (!job.HasSucceeded)
        {
            await reservations.RecordAsync(run, spec: null, FailureOf(job), cancellationToken);
            return run.RunId;
        }

        var failure = wish.Grader == JobGraderUse.Require ? leftOut : null;
        failure ??= specs.Check(specName, spec);
        if (!await reservations.IsKnownAsync(run.RunId, cancellationToken))
        {
            run = run with { TrainingFile = await FindTrainingFileAsync(job, specName, spec, cancellationToken) };
            // The run's id depends on the spec as it is written, so that a job that is reported twice has one run.
            var (resolved, unresolved) = await baselines.ResolveAsync(dataset, spec, cancellationToken);
            (run, spec) = resolved is null ? (run, spec) : (resolved.Apply(run), resolved.Spec);
            failure ??= unresolved;
        }

        await reservations.RecordAsync(run, spec, failure, cancellationToken);
        return run.RunId;
    }

    /// <summary>
    /// The spec of a run of tuned models: they take the place of the spec's model and candidates. The model is the baseline where there is
    /// none.
    /// </summary>
    /// <param name="spec">The suite's spec.</param>
    /// <param name="models">The configured names of 1 to 20 tuned models; several are a group of candidates.</param>
    public static EvaluationSpec SpecOf(EvaluationSpec spec, IReadOnlyList<string> models) =>
        (spec with { Baseline = BaselineOf(spec), OnFineTune = null }).WithCandidates(models);

    /// <summary>The spec's baseline, or else its model; the latest run is that of its model.</summary>
    private static string BaselineOf(EvaluationSpec spec) =>
        BaselineReference.From(spec.Baseline) switch
        {
            null => spec.Model,
            BaselineReference.LatestRun { Model: null } => new BaselineReference.LatestRun(spec.Model).ToString(),
            _ => spec.Baseline!,
        };

    /// <summary>Makes the job's grader a metric of the spec.</summary>
    /// <returns>Why the app cannot compute it; null where it can, or there is none.</returns>
    private RunFailure? AddGrader(FineTuningJob job, string specName, FineTuneSpec wish, ref EvaluationSpec spec)
    {
        if (!job.HasSucceeded)
        {
            return null;
        }

        if (wish.Grader == JobGraderUse.Auto && BaselineReference.From(spec.Baseline) is not BaselineReference.CalledModel)
        {
            // The answers of an earlier run have no grade by it, and graders are not asked about stored answers.
            wish = wish with
            {
                Grader = JobGraderUse.Ignore,
            };
        }

        (spec, var leftOut) = JobGrader.AddTo(spec, job, wish, graded => specs.Check(specName, graded));
        if (leftOut is not null)
        {
            logger.JobGraderLeftOut(job.Id, leftOut.Message);
        }

        return leftOut;
    }

    /// <summary>
    /// The spec's training file; else the job's own, copied once for all its runs. If the provider does not return it, the run reports that
    /// it is missing.
    /// </summary>
    private async Task<string?> FindTrainingFileAsync(
        FineTuningJob job,
        string specName,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (DatasetNames.TrainingFileOf(specName, spec.TrainingFile) is { } named)
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

    private static RunFailure FailureOf(FineTuningJob job) =>
        new(
            "fine_tune_failed",
            $"Fine-tuning job {job.Id} ended as {job.Status}{(job.Error?.Code is { } code ? $" ({code})" : "")}. "
                + "See the job's events at the provider for the cause."
        );
}
