using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>What a shard leaves in the run's blobs and table: its state, its statistics and its progress.</summary>
internal sealed class ShardFiles(RunBlobs blobs, RunTables tables)
{
    /// <summary>The state of a shard that needs nothing more; null for one that does.</summary>
    public async Task<ShardState?> FindFinishedAsync(ShardWork work, RunPlan plan, CancellationToken cancellationToken) =>
        await blobs.FindShardStateAsync(work.RunId, work.Role, work.Shard, cancellationToken) is { IsComplete: true } state
        && !ShardSamples.AreAskedAgain(plan, state)
            ? state
            : null;

    /// <summary>Writes the shard's counts to the run's table.</summary>
    public Task WriteProgressAsync(ShardWork work, ShardTally tally) =>
        tables.WriteProgressAsync(work.RunId, new ShardProgress(work.Role, work.Shard, tally.Outcomes), CancellationToken.None);

    /// <summary>Writes what the shard came to.</summary>
    /// <param name="work">The shard.</param>
    /// <param name="tally">What its rows add up to.</param>
    /// <param name="lines">Physical lines in it.</param>
    /// <param name="isComplete">Whether every sample has its outcome: in a stopped run some may not have been asked again.</param>
    public async Task WriteAsync(ShardWork work, ShardTally tally, int lines, bool isComplete)
    {
        await blobs.WriteShardStatisticsAsync(work.RunId, work.Role, work.Shard, tally.Statistics(), CancellationToken.None);
        var state = tally.State(lines) with { IsComplete = isComplete, Resumption = work.IsSettling ? 0 : work.Resumption };
        await blobs.WriteShardStateAsync(work.RunId, work.Role, work.Shard, state, CancellationToken.None);
    }
}
