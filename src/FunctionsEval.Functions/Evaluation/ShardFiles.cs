using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>A shard's entries in the run's blobs and table: its state, its statistics and its progress.</summary>
internal sealed class ShardFiles(RunBlobs blobs, RunTables tables)
{
    /// <summary>The state of a finished shard; null for one that is not finished.</summary>
    public async Task<ShardState?> FindFinishedAsync(ShardWork work, RunPlan plan, CancellationToken cancellationToken) =>
        await blobs.FindShardStateAsync(work.RunId, work.Role, work.Shard, cancellationToken) is { IsComplete: true } state
        && (plan.IsStored(work.Role) || !ShardSamples.AreAskedAgain(plan, state))
            ? state
            : null;

    /// <summary>The answers of a role to the samples of a finished shard; null for one that is not finished.</summary>
    public async Task<BaselineAnswers?> FindAnswersAsync(RunPlan plan, string role, int shard, CancellationToken cancellationToken) =>
        await blobs.FindShardStateAsync(plan.Manifest.RunId, role, shard, cancellationToken) is { IsComplete: true }
            ? new BaselineAnswers((await blobs.ReadShardLogAsync(plan.Manifest, role, shard, cancellationToken)).Rows.Values)
            : null;

    /// <summary>Writes the shard's counts to the run's table.</summary>
    /// <param name="work">The shard.</param>
    /// <param name="tally">The totals of its rows.</param>
    /// <param name="waiting">What its samples wait for; null for nothing.</param>
    public Task WriteProgressAsync(ShardWork work, ShardTally tally, string? waiting) =>
        tables.WriteProgressAsync(work.RunId, new ShardProgress(work.Role, work.Shard, tally.Outcomes, waiting), CancellationToken.None);

    /// <summary>Writes the shard's counts and results, the state last: who finds one takes the shard for finished.</summary>
    /// <param name="work">The shard.</param>
    /// <param name="tally">The totals of its rows.</param>
    /// <param name="lines">Physical lines in it.</param>
    /// <param name="term">The executor's number (<see cref="ShardLog.Term"/>).</param>
    /// <param name="isComplete">Whether every sample has its outcome. In a stopped run, some samples may not have been asked again.</param>
    public async Task WriteAsync(ShardWork work, ShardTally tally, int lines, int term, bool isComplete)
    {
        await Task.WhenAll(
            WriteProgressAsync(work, tally, waiting: null),
            blobs.WriteShardStatisticsAsync(work.RunId, work.Role, work.Shard, tally.Statistics(), CancellationToken.None)
        );
        var state = tally.State(lines) with { IsComplete = isComplete, Resumption = work.IsSettling ? 0 : work.Resumption, Term = term };
        await blobs.WriteShardStateAsync(work.RunId, work.Role, work.Shard, state, CancellationToken.None);
    }
}
