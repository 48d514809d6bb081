using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>What the samples of finished shards contribute to the metrics.</summary>
internal static class MeasuredShards
{
    /// <summary>
    /// Reads a shard's statistics. Statistics that another version of the app wrote in another layout are computed again from the shard
    /// log, so that a run can finish after an upgrade, and runs of earlier versions can be compared.
    /// </summary>
    /// <param name="blobs">The runs' blobs.</param>
    /// <param name="plan">The run's plan.</param>
    /// <param name="role">Whose samples.</param>
    /// <param name="shard">The shard's number.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The samples in dataset order.</returns>
    public static async Task<IReadOnlyList<SampleStatistics>> ReadStatisticsAsync(
        this RunBlobs blobs,
        RunPlan plan,
        string role,
        int shard,
        CancellationToken cancellationToken
    )
    {
        var file = await blobs.ReadShardStatisticsAsync(plan.Manifest.RunId, role, shard, cancellationToken);
        if (ShardStatistics.Read(file, plan.Measurer.Layout) is { } known)
        {
            return known;
        }

        var log = await blobs.ReadShardLogAsync(plan.Manifest, role, shard, cancellationToken);
        return [.. log.Rows.Values.Where(row => !row.IsPartial).Select(plan.Measure).OrderBy(sample => sample.Ordinal)];
    }
}
