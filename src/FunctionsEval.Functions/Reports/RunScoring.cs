using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>Adds up what shards contribute to the numbers of a run. Memory does not grow with the number of samples.</summary>
internal static class RunScoring
{
    /// <summary>Adds all shards up.</summary>
    public static async Task<Scoreboard> AddUpAsync(this RunBlobs blobs, RunPlan plan, CancellationToken cancellationToken)
    {
        var scoreboard = plan.Measurer.CreateScoreboard(plan.Manifest.Roles.Count > 1);
        await blobs.AddUpAsync(plan, scoreboard, 0, plan.Manifest.Shards.Count, cancellationToken);
        return scoreboard;
    }

    /// <summary>Adds a range of shards to a scoreboard.</summary>
    public static async Task AddUpAsync(
        this RunBlobs blobs,
        RunPlan plan,
        Scoreboard scoreboard,
        int first,
        int count,
        CancellationToken cancellationToken
    )
    {
        var compared = plan.Manifest.Roles.Count > 1;
        for (var shard = first; shard < first + count; shard++)
        {
            var candidate = await blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, cancellationToken);
            var baseline = compared ? await blobs.ReadStatisticsAsync(plan, Roles.Baseline, shard, cancellationToken) : null;
            scoreboard.Add(candidate, baseline);
        }
    }

    /// <summary>Adds a shard.</summary>
    /// <param name="scoreboard">What it is added to.</param>
    /// <param name="candidate">The candidate's statistics, in dataset order.</param>
    /// <param name="baseline">The baseline's; null where there is none.</param>
    public static void Add(this Scoreboard scoreboard, IReadOnlyList<SampleStatistics> candidate, IReadOnlyList<SampleStatistics>? baseline)
    {
        foreach (var (one, other) in ShardStatistics.Pair(candidate, baseline))
        {
            var sample = (one ?? other)!;
            scoreboard.Add(sample.Key, sample.Slices, one?.Words ?? [], other?.Words ?? [], sample.Turns);
        }
    }
}
