using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.LocalHost.Client;

/// <summary>How far a run is.</summary>
/// <param name="Dataset">Blob name of its dataset.</param>
/// <param name="RunId">Its id; null until the trigger has seen the blob.</param>
/// <param name="Status">Its status; null until there is a run.</param>
/// <param name="Outcomes">Samples per outcome so far, over both models.</param>
internal sealed record RunProgress(string Dataset, string? RunId, RunStatus? Status, OutcomeCounts Outcomes)
{
    public bool HasEnded => Status?.HasEnded == true;

    /// <summary>The status as it is shown: <c>waiting</c> until there is a run.</summary>
    public string StatusText => Status?.ToString() ?? "waiting";

    public long Done => Members?.Sum(member => member.Done) ?? Outcomes.Total;

    /// <summary>The runs of a group; null for any other run.</summary>
    public IReadOnlyList<GroupMember>? Members { get; init; }

    /// <summary>What keeps the run from going on at the moment, in words; empty for nothing.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>Samples that all models will have; null until the run is planned.</summary>
    public long? Total { get; init; }

    /// <summary>Whether <see cref="Total"/> is an estimate.</summary>
    public bool IsTotalEstimated { get; init; }

    /// <summary>The same run as the app now says it is.</summary>
    public RunProgress With(Run run)
    {
        var outcomes = (run.Progress ?? new Dictionary<string, OutcomeCounts>()).Values.Aggregate(
            new OutcomeCounts(),
            (sum, counts) => sum + counts
        );
        // What a completed run counted is what there was to count.
        var isCounted = run is { Status: RunStatus.Completed, Samples: not null };
        return this with
        {
            RunId = run.RunId,
            Status = run.Status,
            Outcomes = outcomes.Total > 0 ? outcomes : Outcomes,
            Members = run.Members,
            Waiting = [.. run.Waiting.Concat((run.Members ?? []).SelectMany(member => member.Waiting ?? [])).Distinct()],
            Total = (isCounted ? run.Samples : run.ExpectedSamples) * (run.Members?.Count ?? (run.Baseline is null ? 1 : 2)),
            IsTotalEstimated = !isCounted && run.ExpectedSamplesEstimated == true,
        };
    }
}
