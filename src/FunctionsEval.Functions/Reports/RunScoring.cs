using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The numbers of a run. Memory does not grow with the number of samples.</summary>
internal static class RunScoring
{
    /// <summary>Adds the shards up in shard order and computes metrics, intervals and the comparison.</summary>
    public static async Task<MetricReport> ScoreAsync(this RunBlobs blobs, RunPlan plan, CancellationToken cancellationToken) =>
        (await blobs.AddUpAsync(plan, cancellationToken)).Finish();

    /// <summary>Adds the shards up in shard order.</summary>
    public static async Task<Scoreboard> AddUpAsync(this RunBlobs blobs, RunPlan plan, CancellationToken cancellationToken)
    {
        var compared = plan.Manifest.Roles.Count > 1;
        var scoreboard = plan.Measurer.CreateScoreboard(compared);
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var candidate = await blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, cancellationToken);
            var baseline = compared ? await blobs.ReadStatisticsAsync(plan, Roles.Baseline, shard, cancellationToken) : null;
            foreach (var (one, other) in ShardStatistics.Pair(candidate, baseline))
            {
                var sample = (one ?? other)!;
                scoreboard.Add(sample.Key, sample.Slices, one?.Words ?? [], other?.Words ?? [], sample.Turns);
            }
        }

        return scoreboard;
    }
}
