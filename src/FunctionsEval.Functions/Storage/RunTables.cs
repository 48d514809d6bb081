using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The runs: the table <c>EvaluationRuns</c>. Runs come in and go out as <see cref="Run"/>; rows stay in this folder. Each change holds
/// only for the row that was read: of several that decide at once, one does.
/// </summary>
internal sealed class RunTables(TableServiceClient service, OpenRuns openRuns)
{
    /// <summary>Runs of a part of the index that are looked at.</summary>
    private const int MaxLookedAt = 200;

    private const int PageSize = 50;

    private readonly TableClient _runs = service.GetTableClient(StorageNames.RunsTable);

    /// <summary>The index of runs.</summary>
    public RunIndex Index { get; } = new(service);

    /// <summary>The progress of the shards of runs.</summary>
    public ProgressTable Progress { get; } = new(service);

    /// <summary>The numbers of runs.</summary>
    public RunMetricTable Metrics { get; } = new(service);

    /// <summary>The suite runs.</summary>
    public SuiteTable Suites { get; } = new(service);

    public Task CreateIfMissingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            _runs.CreateIfNotExistsAsync(cancellationToken),
            Metrics.CreateIfMissingAsync(cancellationToken),
            Index.CreateIfMissingAsync(cancellationToken),
            Suites.CreateIfMissingAsync(cancellationToken)
        );

    /// <summary>Inserts a run; false when it exists already. A run that has not ended is listed as open first.</summary>
    public async Task<bool> TryReserveAsync(Run run, CancellationToken cancellationToken)
    {
        if (!run.Status.HasEnded)
        {
            await openRuns.AddAsync(run.RunId, cancellationToken);
        }

        return await _runs.TryInsertAsync(StoredRun.ToNewRow(run), StoredRun.ReservationMark, cancellationToken);
    }

    /// <summary>Puts a run in the place of one with its id that was refused; false when that one changed since it was read.</summary>
    /// <param name="refused">The refused run as it was read.</param>
    /// <param name="run">The run, which has not ended.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryReplaceRefusedAsync(StoredRun refused, Run run, CancellationToken cancellationToken)
    {
        await openRuns.AddAsync(run.RunId, cancellationToken);
        // Else it would be in the index twice, at two times.
        await Index.RemoveAsync(refused.Run, cancellationToken);
        return await TryUpdateAsync(refused, run, cancellationToken);
    }

    /// <summary>A run, without a verdict that its status does not permit; null when there is none.</summary>
    public async Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellationToken)
    {
        if (runId != StorageNames.Key(runId) || BlobNames.FindProblem(runId) is not null)
        {
            return null; // Such an id would not be safe as a table key and a blob folder, so no run has it.
        }

        var response = await _runs.GetEntityIfExistsAsync<TableEntity>(runId, RunEntity.RowKey, cancellationToken: cancellationToken);
        return response.HasValue ? StoredRun.Read(response.Value!) : null;
    }

    /// <summary>
    /// A run that has not ended and was resumed this often (null: any number of times); null where there is none.
    /// </summary>
    public async Task<StoredRun?> FindUnderWayAsync(string runId, int? resumption, CancellationToken cancellationToken) =>
        await FindRunAsync(runId, cancellationToken) is { } stored && stored.Run.IsUnderWay(resumption) ? stored : null;

    /// <summary>
    /// The runs of a part of the index, latest first, in place of a group its candidates' runs and its own baseline's; a deleted run is still
    /// in the index and left out.
    /// </summary>
    /// <param name="partition">One of <see cref="IndexPartition"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async IAsyncEnumerable<Run> LatestRunsAsync(string partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        for (var looked = 0; looked < MaxLookedAt; looked += PageSize)
        {
            (var page, continuation) = await Index.ReadPageAsync(partition, PageSize, continuation, cancellationToken);
            foreach (var indexed in page)
            {
                if (await FindRunAsync(indexed.RunId, cancellationToken) is not { Run: var run })
                {
                    continue;
                }

                if (!run.IsGroup)
                {
                    yield return run;
                    continue;
                }

                foreach (var member in run.HasOwnBaseline ? run.CandidateRuns.Append(run.BaselineRun!) : run.CandidateRuns)
                {
                    if (await FindRunAsync(member, cancellationToken) is { Run: var memberRun })
                    {
                        yield return memberRun;
                    }
                }
            }

            if (continuation is null)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// The latest run that evaluated, or is evaluating, the same bytes under the same name with the same spec; null when there is none.
    /// Failed and cancelled runs do not count, because a user tries again by uploading the dataset once more.
    /// </summary>
    public async Task<string?> FindSameAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.DatasetHash is null)
        {
            return null;
        }

        foreach (var indexed in await Index.LatestAsync(run.Dataset, cancellationToken))
        {
            if (
                (await FindRunAsync(indexed.RunId, cancellationToken))?.Run is { } other
                && (other.DatasetHash, other.SpecHash, StoredBaselineOf(other)) == (run.DatasetHash, run.SpecHash, StoredBaselineOf(run))
                && other.Status is not (RunStatus.Failed or RunStatus.Cancelled)
            )
            {
                return other.RunId;
            }
        }

        return null;
    }

    /// <summary>
    /// One of the latest runs of a dataset that an upload and a spec have started before: of the same version, or of the same bytes unless it
    /// failed or was cancelled. Null for none.
    /// </summary>
    /// <param name="dataset">The version.</param>
    /// <param name="specHash">The spec's hash.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> FindUploadedAsync(DatasetVersion dataset, string specHash, CancellationToken cancellationToken)
    {
        foreach (var indexed in await Index.LatestAsync(dataset.Name, cancellationToken))
        {
            if (
                (await FindRunAsync(indexed.RunId, cancellationToken))?.Run is { } run
                && run.SpecHash == specHash
                && (
                    run.DatasetETag == dataset.ETag
                    || (dataset.HasSameBytes(DatasetVersion.From(run)) && run.Status is not (RunStatus.Failed or RunStatus.Cancelled))
                )
            )
            {
                return run.RunId;
            }
        }

        return null;
    }

    /// <summary>
    /// What the latest runs of a dataset say of a version of it. A run whose row was deleted counts as one that did not fail, as long as it is
    /// in the index.
    /// </summary>
    public async Task<VersionRuns> FindRunsAsync(string dataset, string etag, CancellationToken cancellationToken)
    {
        var found = VersionRuns.None;
        foreach (var indexed in await Index.LatestAsync(dataset, cancellationToken))
        {
            if (indexed.DatasetETag is { } version && version != etag)
            {
                continue;
            }

            var run = (await FindRunAsync(indexed.RunId, cancellationToken))?.Run;
            if ((run is null ? indexed.DatasetETag : run.DatasetETag) != etag)
            {
                continue;
            }

            if (run is not { Status: RunStatus.Failed })
            {
                return VersionRuns.Evaluated;
            }

            // A refused run has no spec.
            found = found is not VersionRuns.Failed && string.IsNullOrEmpty(run.SpecHash) ? VersionRuns.Refused : VersionRuns.Failed;
        }

        return found;
    }

    /// <summary>Changes a run that has not ended. A run that has ended, or does not exist, stays as it is.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="change">The change; it is applied again if the run changed meanwhile.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="resumption">How often the run had been resumed when the change was decided. A run that was resumed since stays as it
    /// is. Null for any number.</param>
    /// <returns>Whether the run is changed.</returns>
    public async Task<bool> UpdateRunAsync(string runId, Func<Run, Run> change, CancellationToken cancellationToken, int? resumption = null)
    {
        while (await FindUnderWayAsync(runId, resumption, cancellationToken) is { } stored)
        {
            if (await TryUpdateAsync(stored, change(stored.Run), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Requests that a run be stopped; executors check for it every two seconds.</summary>
    public Task RequestCancelAsync(string runId, CancellationToken cancellationToken) =>
        UpdateRunAsync(runId, run => run with { CancelRequested = true }, cancellationToken);

    /// <summary>
    /// Sets the run to <see cref="RunStatus.Running"/> for its orchestration. False for an outdated orchestration: the run has ended, was
    /// resumed since, or no longer exists.
    /// </summary>
    public Task<bool> TryBeginAsync(string runId, int resumption, CancellationToken cancellationToken) =>
        UpdateRunAsync(runId, run => run with { Status = RunStatus.Running }, cancellationToken, resumption);

    /// <summary>Makes an ended run pending again; false when it changed since it was read.</summary>
    public async Task<bool> TryReopenAsync(StoredRun stored, Reopening reopening, CancellationToken cancellationToken)
    {
        await openRuns.AddAsync(stored.Run.RunId, cancellationToken);
        return await TryUpdateAsync(stored, reopening.Apply(stored.Run), cancellationToken);
    }

    /// <summary>
    /// The model that a run waits for can be called: the run is pending. False when it has changed since it was read.
    /// </summary>
    /// <param name="stored">The run as it was read.</param>
    /// <param name="released">The run with its model, or its candidates.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<bool> TryReleaseAsync(StoredRun stored, Run released, CancellationToken cancellationToken) =>
        TryUpdateAsync(stored, released with { Status = RunStatus.Pending }, cancellationToken);

    /// <summary>Writes a shard's progress, unless the run has ended or was deleted, because an executor may outlive it.</summary>
    public async Task WriteProgressAsync(string runId, ShardProgress progress, CancellationToken cancellationToken)
    {
        if (await FindUnderWayAsync(runId, resumption: null, cancellationToken) is not null)
        {
            await Progress.WriteAsync(runId, progress, cancellationToken);
        }
    }

    /// <summary>The run that a spec names as its baseline. A group's own baseline has another run in each group.</summary>
    private static string? StoredBaselineOf(Run run) => run.HasOwnBaseline ? null : run.BaselineRun;

    private Task<bool> TryUpdateAsync(StoredRun stored, Run changed, CancellationToken cancellationToken) =>
        _runs.TryReplaceAsync(stored.ToRow(changed), StoredRun.ChangeMark, cancellationToken);
}
