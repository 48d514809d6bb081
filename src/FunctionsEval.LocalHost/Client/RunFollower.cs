using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Follows runs until they have ended.</summary>
/// <param name="api">The app that evaluates.</param>
/// <param name="pauses">How long is waited before it is asked again.</param>
internal sealed class RunFollower(EvaluationApi api, PollingPauses pauses)
{
    /// <summary>Polls until every run has ended.</summary>
    /// <param name="datasets">The uploaded datasets.</param>
    /// <param name="report">Receives the state of all runs after each poll.</param>
    /// <param name="timeout">How long to wait for all of them.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="LocalHostException">Not all runs ended in time, or the app does not know one any more.</exception>
    public async Task<IReadOnlyList<RunProgress>> FollowAsync(
        IReadOnlyList<DroppedDataset> datasets,
        Action<IReadOnlyList<RunProgress>> report,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var progress = datasets
            .Select(dataset => new RunProgress(dataset.Name, dataset.RunId, Status: null, new OutcomeCounts()))
            .ToArray();
        using var deadline = new CancellationTokenSource(timeout);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            progress = await Task.WhenAll(
                datasets.Zip(
                    progress,
                    (dataset, last) => last.HasEnded ? Task.FromResult(last) : PollAsync(dataset, last, cancellationToken)
                )
            );
            report(progress);
            if (progress.All(run => run.HasEnded))
            {
                return progress;
            }

            if (deadline.IsCancellationRequested)
            {
                var late = string.Join(
                    ", ",
                    progress
                        .Where(run => !run.HasEnded)
                        .Select(run => $"{run.Dataset} ({run.StatusText}{(run.RunId is null ? "" : ", " + run.RunId)})")
                );
                throw new LocalHostException(
                    $"Not finished after {timeout.TotalSeconds:0} s: {late}. Runs go on without this command; follow one with 'watch RUN'."
                );
            }

            await Task.Delay(pauses.After(TimeProvider.System.GetElapsedTime(started)), TimeProvider.System, cancellationToken);
        }
    }

    private async Task<RunProgress> PollAsync(DroppedDataset dataset, RunProgress last, CancellationToken cancellationToken)
    {
        var runId =
            last.RunId
            ?? (await api.ListAsync(dataset.Name, cancellationToken)).FirstOrDefault(run => run.DatasetETag == dataset.ETag)?.RunId;
        return runId is null ? last : last.With(await api.GetRunAsync(runId, cancellationToken));
    }
}
