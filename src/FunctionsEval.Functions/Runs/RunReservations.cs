using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Reserves runs. Every run is created here, whatever starts it. The insert of the row decides, so that one of ten deliveries wins.
/// </summary>
internal sealed class RunReservations(
    DatasetStore datasets,
    RunBlobs blobs,
    RunTables tables,
    TimeProvider time,
    ILogger<RunReservations> logger
)
{
    /// <summary>What is hashed of a refused run before its spec. No canonical spec begins with it.</summary>
    private const string RefusedMark = "refused:";

    /// <summary>
    /// The run of a dataset that is refused: that of the spec as it is written. Its id is no evaluated run's, so that the same spec can be
    /// evaluated once what it lacks is there.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="spec">The spec's text; empty for none.</param>
    /// <param name="attempt">0, or a higher number to evaluate the same dataset with the same spec once more.</param>
    /// <param name="source">What starts it.</param>
    public Run CreateRefused(DatasetVersion dataset, string spec, int attempt, string source) =>
        Create(dataset, RefusedMark + spec, attempt, source);

    /// <summary>The run of a dataset by a spec.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="attempt">0, or a higher number to evaluate the same dataset with the same spec once more.</param>
    /// <param name="source">What starts it.</param>
    public Run Create(DatasetVersion dataset, EvaluationSpec spec, int attempt, string source)
    {
        var identity = SpecReader.Identity(spec);
        var run = Create(dataset, identity, attempt, source);
        var baseline = BaselineReference.From(spec.Baseline);
        run = run with
        {
            Name = spec.Name ?? run.Suite,
            Baseline = (baseline as BaselineReference.CalledModel)?.Name,
            BaselineRun = (baseline as BaselineReference.StoredRun)?.RunId,
            SpecHash = SpecHash.From(identity),
        };
        return GroupRuns.WithModels(run, spec);
    }

    /// <summary>The run of a group's member.</summary>
    /// <param name="group">The group.</param>
    /// <param name="member">The member.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="endsBy">When it must have ended.</param>
    public Run CreateMember(Run group, GroupMember member, EvaluationSpec spec, DateTimeOffset endsBy) =>
        new()
        {
            RunId = member.RunId,
            Status = RunStatus.Pending,
            Dataset = group.Dataset,
            DatasetETag = group.DatasetETag,
            DatasetBytes = group.DatasetBytes,
            DatasetHash = group.DatasetHash,
            Suite = group.Suite,
            Name = group.Name,
            Model = spec.Model,
            Baseline = member.Role == Roles.Candidate ? group.Baseline : null,
            BaselineRun = member.Role == Roles.Candidate ? group.BaselineRun : null,
            Group = group.RunId,
            GroupResumption = group.Resumptions,
            EndsBy = endsBy,
            SpecHash = SpecHash.From(SpecReader.Identity(spec)),
            Started = time.GetUtcNow(),
            Source = group.Source,
            FineTuneJob = group.FineTuneJob,
            TrainingFile = group.TrainingFile,
            CodeVersion = CodeVersion.Current,
        };

    /// <summary>
    /// The run of a dataset by a spec whose baseline is resolved. Its id depends on the run that the baseline is, so that a newer latest run
    /// makes another run.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="resolved">The spec.</param>
    /// <param name="attempt">0, or a higher number to evaluate the same dataset with the same spec once more.</param>
    /// <param name="source">What starts it.</param>
    public Run Create(DatasetVersion dataset, ResolvedBaseline resolved, int attempt, string source) =>
        resolved.Apply(Create(dataset, resolved.Spec, attempt, source)) with
        {
            SpecHash = SpecHash.From(SpecReader.Identity(resolved.Written)),
        };

    private Run Create(DatasetVersion dataset, string identity, int attempt, string source) =>
        new()
        {
            RunId = datasets.RunIdOf(dataset, identity, attempt),
            Status = RunStatus.Pending,
            Dataset = dataset.Name,
            DatasetETag = dataset.ETag,
            DatasetBytes = dataset.Length,
            DatasetHash = dataset.ContentHash,
            Suite = DatasetNames.SuiteOf(dataset.Name),
            Name = DatasetNames.SuiteOf(dataset.Name),
            SpecHash = "",
            Started = time.GetUtcNow(),
            Source = source,
            CodeVersion = CodeVersion.Current,
        };

    /// <summary>Whether a run exists that a reservation does not replace.</summary>
    /// <param name="runId">The id of a run that is evaluated.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsKnownAsync(string runId, CancellationToken cancellationToken) =>
        await tables.FindRunAsync(runId, cancellationToken) is { } known && !IsRefused(known.Run);

    /// <summary>
    /// Reserves a run. It takes the place of one that an earlier version of the app refused under its id: nothing was paid for that.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="spec">Its spec; null for one that is never evaluated.</param>
    /// <param name="failure">Why it fails at once; null for a run that is evaluated.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether this call reserved it; otherwise the run exists already.</returns>
    public async Task<bool> TryReserveAsync(Run run, EvaluationSpec? spec, RunFailure? failure, CancellationToken cancellationToken)
    {
        var known = await tables.FindRunAsync(run.RunId, cancellationToken);
        if (known is not null && (failure is not null || !IsRefused(known.Run)))
        {
            return false;
        }

        if (spec is not null)
        {
            // The spec is written first, so that another process can schedule the reserved run if this starter ends.
            await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
        }

        var reserved = failure is null ? run : RunConclusion.Decide(failure, verdict: null).Apply(run, run.Started!.Value);
        var isNew = known is null
            ? await tables.TryReserveAsync(reserved, cancellationToken)
            : await tables.TryReplaceRefusedAsync(known, reserved, cancellationToken);
        if (isNew && failure is not null)
        {
            logger.RunFailed(run.RunId, failure.Code, failure.Message);
        }

        return isNew;
    }

    /// <summary>
    /// Whether a run failed before anything of it was planned. Under the id of a run that is evaluated, an earlier version of the app wrote it.
    /// </summary>
    private static bool IsRefused(Run run) =>
        run.Status == RunStatus.Failed && string.IsNullOrEmpty(run.SpecHash) && run is { ExpectedSamples: null, FineTuneJob: null };

    /// <summary>As <see cref="TryReserveAsync"/>, for a run that is not scheduled now: it is indexed at once.</summary>
    public async Task<bool> RecordAsync(Run run, EvaluationSpec? spec, RunFailure? failure, CancellationToken cancellationToken)
    {
        var isNew = await TryReserveAsync(run, spec, failure, cancellationToken);
        // The process that reserved it may have ended before it indexed the run. A run with another starter needs nothing here.
        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { } stored && stored.Run.FineTuneJob == run.FineTuneJob)
        {
            await tables.Index.AddAsync(stored.Run, cancellationToken);
        }

        return isNew;
    }
}
