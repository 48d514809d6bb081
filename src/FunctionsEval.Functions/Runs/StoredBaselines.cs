using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>Finds the run whose answers are a spec's baseline, and says whether they can be used.</summary>
internal sealed class StoredBaselines(RunTables tables, RunBlobs blobs)
{
    /// <summary>Runs whose spec is held against the wanted one, when the latest is looked for.</summary>
    private const int MaxChecked = 10;

    private const string NotFound = "no_baseline_run";
    private const string NotUsable = "baseline_run_differs";

    /// <summary>Finds the run of a baseline.</summary>
    /// <param name="dataset">The dataset version that is evaluated.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The spec with the run's id; or why there is no run whose answers can be used.</returns>
    public async Task<(ResolvedBaseline? Resolved, RunFailure? Failure)> ResolveAsync(
        DatasetVersion dataset,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        var (stored, failure) = BaselineReference.From(spec.Baseline) switch
        {
            BaselineReference.StoredRun { RunId: var runId } => await FindAsync(runId, dataset, spec, cancellationToken),
            BaselineReference.LatestRun latest => await FindLatestAsync(latest.Model, dataset, spec, cancellationToken),
            _ => (null, null),
        };
        return failure is not null ? (null, failure)
            : stored is null ? (new ResolvedBaseline(spec, spec, Stored: null), null)
            : (new ResolvedBaseline(spec, spec with { Baseline = new BaselineReference.StoredRun(stored.RunId).ToString() }, stored), null);
    }

    private async Task<(StoredBaseline? Stored, RunFailure? Failure)> FindAsync(
        string runId,
        DatasetVersion dataset,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return Fails(NotFound, $"there is no run {runId}: it was deleted, or the id is wrong. Name another run, or a model.");
        }

        if (run.IsGroup)
        {
            return Fails(
                NotFound,
                $"run {runId} is a group of candidates. Name one of its runs: "
                    + string.Join(", ", GroupRuns.MembersOf(run).Select(member => $"{member.RunId} ({member.Model})"))
                    + "."
            );
        }

        if (run.Status != RunStatus.Completed)
        {
            return Fails(
                NotFound,
                $"run {runId} is {run.Status}, and only a completed run has an answer to every sample. Resume it first."
            );
        }

        if (!dataset.HasSameBytes(DatasetVersion.From(run)))
        {
            return Fails(
                NotUsable,
                $"run {runId} evaluated other bytes ({StorageNames.Datasets}/{run.Dataset}) than {StorageNames.Datasets}/{dataset.Name} "
                    + "has now. Name a run of this version, or a model."
            );
        }

        var (stored, problem) = await ReadAsync(run, spec, cancellationToken);
        return problem is null ? (stored, null) : Differs(run, problem);
    }

    private async Task<(StoredBaseline? Stored, RunFailure? Failure)> FindLatestAsync(
        string? model,
        DatasetVersion dataset,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        RunFailure? first = null;
        var (looked, passedOver, isChecked) = (new HashSet<string>(StringComparer.Ordinal), 0, 0);
        var suite = DatasetNames.SuiteOf(dataset.Name);
        // The dataset first, because a suite can have more runs than are looked at.
        foreach (var partition in new[] { IndexPartition.Dataset(dataset.Name), IndexPartition.Suite(suite) })
        {
            await foreach (var run in tables.LatestRunsAsync(partition, cancellationToken))
            {
                if (!looked.Add(run.RunId) || !dataset.HasSameBytes(DatasetVersion.From(run)) || !IsMeant(run, model, spec.CandidateModels))
                {
                    continue;
                }

                if (model is null && WasNotTaken(run))
                {
                    passedOver++;
                    continue;
                }

                var (stored, problem) = await ReadAsync(run, spec, cancellationToken);
                if (stored is not null)
                {
                    return (stored, null);
                }

                first ??= Differs(run, problem!).Failure;
                if (++isChecked == MaxChecked)
                {
                    return (null, first);
                }
            }
        }

        return first is null ? Fails(NotFound, NoneOf(model, dataset, spec, looked.Count, passedOver)) : (null, first);
    }

    private static string NoneOf(string? model, DatasetVersion dataset, EvaluationSpec spec, int looked, int passedOver) =>
        $"no completed run of suite '{DatasetNames.SuiteOf(dataset.Name)}' has the bytes of {StorageNames.Datasets}/{dataset.Name} and "
        + (
            model is null
                ? $"another model than {string.Join(", ", spec.CandidateModels.Select(name => $"'{name}'"))}"
                : $"the model '{model}'"
        )
        + FormattableString.Invariant($" (of {looked} runs that were looked at")
        + (
            passedOver > 0
                ? FormattableString.Invariant(
                    $"; {passedOver} were passed over, because they did not pass against a baseline or were one of several candidates"
                )
                : ""
        )
        + "). Evaluate the baseline once, by a spec that has it as its model, then start this run again; "
        + "or name a run, \"baseline\": \"run:ev-…\".";

    private static bool IsMeant(Run run, string? model, IReadOnlyList<string> underTest) =>
        run is { Status: var status, Model: { } answered, Counted: > 0 }
        && status == RunStatus.Completed
        && (
            model is null
                ? !underTest.Contains(answered, StringComparer.OrdinalIgnoreCase)
                : string.Equals(answered, model, StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>
    /// Whether a run is that of a candidate which was held against a baseline and did not pass, or one of several candidates, of which
    /// nobody knows which was taken.
    /// </summary>
    private static bool WasNotTaken(Run run) =>
        run.IsCandidateOfGroup || run is { Baseline: not null, Verdict: not null and not VerdictResult.Pass };

    /// <summary>A run as a baseline; or why its answers cannot be used.</summary>
    private async Task<(StoredBaseline? Stored, string? Problem)> ReadAsync(
        Run run,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (
                await blobs.FindSpecAsync(run.RunId, cancellationToken) is not { } source
                || await blobs.FindManifestAsync(run.RunId, cancellationToken) is not { } manifest
            )
            {
                return (null, "its answers are gone");
            }

            if (AnswerReuse.FindProblem(spec, source) is { } problem)
            {
                return (null, problem);
            }

            // A resumption reopens the row before it plans: a run that is completed after its version was read has no newer answers.
            var version = await blobs.ManifestVersionAsync(run.RunId, cancellationToken);
            return await tables.FindRunAsync(run.RunId, cancellationToken) is { Run: var now } && now.Status == RunStatus.Completed
                ? (StoredFrom(run, spec, source, manifest, version), null)
                : (null, "it was resumed or deleted at this moment");
        }
        catch (Exception unreadable) when (unreadable is SpecException or OptionException or JsonException)
        {
            return (null, "its files are of a form that this version of the app does not read");
        }
    }

    private static StoredBaseline StoredFrom(Run run, EvaluationSpec spec, EvaluationSpec source, RunManifest manifest, string version) =>
        new()
        {
            RunId = run.RunId,
            Model = manifest.Roles[0].Model,
            Finished = run.Finished,
            Version = version,
            Shards = manifest.Shards,
            HasSameContents = manifest.CodeVersion == CodeVersion.Current && AnswerReuse.HaveSameContents(spec, source),
            Differences = AnswerReuse.DifferencesOf(spec, source),
        };

    private static (StoredBaseline? Stored, RunFailure? Failure) Differs(Run run, string problem) =>
        Fails(
            NotUsable,
            $"the answers of run {run.RunId} ({run.Model}) cannot be used: {problem}. Make the specs agree, name another run, or a model."
        );

    private static (StoredBaseline? Stored, RunFailure? Failure) Fails(string code, string message) =>
        (null, new RunFailure(code, $"baseline: {message}"));
}
