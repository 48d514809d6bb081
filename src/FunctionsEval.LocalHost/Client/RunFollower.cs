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
}

/// <summary>Follows dropped datasets until their runs have ended.</summary>
internal sealed class RunFollower(EvaluationApi api)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls until every run has ended.</summary>
    /// <param name="datasets">What was dropped.</param>
    /// <param name="report">Receives the state of all runs after each poll.</param>
    /// <param name="timeout">How long to wait for all of them.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="TimeoutException">Not all runs ended in time.</exception>
    public async Task<IReadOnlyList<RunProgress>> FollowAsync(
        IReadOnlyList<DroppedDataset> datasets, Action<IReadOnlyList<RunProgress>> report, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var progress = datasets.Select(dataset => new RunProgress(dataset.Name, dataset.RunId, "waiting", new Dictionary<string, long>())).ToArray();
        using var deadline = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            for (var index = 0; index < progress.Length; index++)
            {
                if (!progress[index].IsEnded)
                    progress[index] = await PollAsync(datasets[index], progress[index], cancellationToken);
            }

            report(progress);
            if (progress.All(run => run.IsEnded))
                return progress;
            if (deadline.IsCancellationRequested)
            {
                var late = string.Join(", ", progress.Where(run => !run.IsEnded).Select(run => $"{run.Dataset} ({run.Status})"));
                throw new TimeoutException($"Not finished after {timeout.TotalSeconds:0} s: {late}.");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<RunProgress> PollAsync(DroppedDataset dataset, RunProgress last, CancellationToken cancellationToken)
    {
        var runId = last.RunId
            ?? (await api.ListAsync(dataset.Name, cancellationToken))
                .FirstOrDefault(run => (string?)run["datasetETag"] == dataset.ETag)?["runId"]?.GetValue<string>();
        if (runId is null || await api.FindAsync(runId, cancellationToken) is not { } row)
            return last;

        var outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (_, counts) in row["progress"]?.AsObject() ?? [])
        {
            foreach (var (outcome, count) in counts!.AsObject().Where(count => count.Value!.GetValue<long>() > 0))
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + count!.GetValue<long>();
        }

        return last with { RunId = runId, Status = (string)row["status"]!, Outcomes = outcomes.Count > 0 ? outcomes : last.Outcomes };
    }
}
