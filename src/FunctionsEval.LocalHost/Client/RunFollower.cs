using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Follows runs until they have ended.</summary>
/// <param name="api">The app that evaluates.</param>
/// <param name="interval">How often it is asked.</param>
internal sealed class RunFollower(EvaluationApi api, TimeSpan interval)
{
    /// <summary>How often an app on this machine is asked.</summary>
    public static readonly TimeSpan LocalInterval = TimeSpan.FromMilliseconds(250);

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
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        while (true)
        {
            for (var index = 0; index < progress.Length; index++)
            {
                if (!progress[index].HasEnded)
                {
                    progress[index] = await PollAsync(datasets[index], progress[index], cancellationToken);
                }
            }

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

            await timer.WaitForNextTickAsync(cancellationToken);
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
