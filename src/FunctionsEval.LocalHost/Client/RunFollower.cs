using System.Text.Json.Nodes;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Client;

/// <summary>How far a run is.</summary>
/// <param name="Dataset">Blob name of its dataset.</param>
/// <param name="RunId">Its id; null until the trigger has seen the blob.</param>
/// <param name="Status">waiting, Pending, AwaitingDeployment, Running, Completed, Partial, Cancelled or Failed.</param>
/// <param name="Outcomes">Samples per outcome so far, over both models.</param>
internal sealed record RunProgress(string Dataset, string? RunId, string Status, IReadOnlyDictionary<string, long> Outcomes)
{
    public bool IsEnded => Status is "Completed" or "Partial" or "Cancelled" or "Failed";

    public long Done => Outcomes.Values.Sum();

    /// <summary>Samples that both models will have; null until the run is planned.</summary>
    public long? Total { get; init; }

    /// <summary>Whether <see cref="Total"/> is an estimate.</summary>
    public bool IsTotalEstimated { get; init; }

    /// <summary>The same run as its row says it is.</summary>
    public RunProgress With(JsonObject row)
    {
        var outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (_, counts) in row["progress"]?.AsObject() ?? [])
        {
            foreach (var (outcome, count) in counts!.AsObject().Where(count => count.Value!.GetValue<long>() > 0))
            {
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count!.GetValue<long>();
            }
        }

        // What a completed run counted is what there was to count.
        var isCounted = (string)row["status"]! == "Completed" && row["samples"] is not null;
        return this with
        {
            RunId = (string)row["runId"]!,
            Status = (string)row["status"]!,
            Outcomes = outcomes.Count > 0 ? outcomes : Outcomes,
            Total = (isCounted ? row["samples"] : row["expectedSamples"])?.GetValue<long>() * (row["baseline"] is null ? 1 : 2),
            IsTotalEstimated = !isCounted && (bool?)row["expectedSamplesEstimated"] == true,
        };
    }
}

/// <summary>Follows runs until they have ended.</summary>
/// <param name="api">The app that evaluates.</param>
/// <param name="interval">How often it is asked.</param>
internal sealed class RunFollower(EvaluationApi api, TimeSpan interval)
{
    /// <summary>How often an app on this machine is asked.</summary>
    public static readonly TimeSpan LocalInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls until every run has ended.</summary>
    /// <param name="datasets">What was dropped.</param>
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
            .Select(dataset => new RunProgress(dataset.Name, dataset.RunId, "waiting", new Dictionary<string, long>()))
            .ToArray();
        using var deadline = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(interval);
        while (true)
        {
            for (var index = 0; index < progress.Length; index++)
            {
                if (!progress[index].IsEnded)
                {
                    progress[index] = await PollAsync(datasets[index], progress[index], cancellationToken);
                }
            }

            report(progress);
            if (progress.All(run => run.IsEnded))
            {
                return progress;
            }

            if (deadline.IsCancellationRequested)
            {
                var late = string.Join(
                    ", ",
                    progress
                        .Where(run => !run.IsEnded)
                        .Select(run => $"{run.Dataset} ({run.Status}{(run.RunId is null ? "" : ", " + run.RunId)})")
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
            ?? (await api.ListAsync(dataset.Name, cancellationToken))
                .FirstOrDefault(run => (string?)run["datasetETag"] == dataset.ETag)
                ?["runId"]?.GetValue<string>();
        return runId is null ? last : last.With(await api.GetRunAsync(runId, cancellationToken));
    }
}
