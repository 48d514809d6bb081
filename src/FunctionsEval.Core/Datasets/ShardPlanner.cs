namespace FunctionsEval.Core.Datasets;

/// <summary>Cuts a dataset into shards.</summary>
public static class ShardPlanner
{
    /// <summary>Plans the shards of a dataset.</summary>
    /// <param name="read">Reads the dataset.</param>
    /// <param name="length">Bytes of the dataset.</param>
    /// <param name="options">How large shards become.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be read, or a quote in it takes in rows: it is never closed,
    /// or far behind.</exception>
    public static async Task<ShardPlan> PlanAsync(
        RangeRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
        {
            return new ShardPlan
            {
                Shards = [],
                EstimatedRows = 0,
                BytesRead = 0,
            };
        }

        return await options.Format.PlanAsync(new CountingRead(read), length, options, cancellationToken);
    }

    /// <summary>The target size of a shard, in bytes.</summary>
    /// <param name="rows">Rows of the dataset, as far as is known.</param>
    /// <param name="meanRow">Mean bytes of a row.</param>
    /// <param name="options">How large shards become.</param>
    internal static long Stride(long rows, double meanRow, ShardPlanOptions options)
    {
        var rowsPerShard = Math.Clamp((rows + options.TargetShards - 1) / options.TargetShards, options.MinRows, options.MaxRows);

        // A shard ends with the row that crosses the stride, so it needs room for that row.
        return Math.Max(1, Math.Min((long)Math.Ceiling(rowsPerShard * meanRow), options.MaxBytes - options.MaxBytes / 4));
    }

    /// <summary>The ranges between cuts, which are in order; cuts at one place make no range.</summary>
    internal static List<ShardRange> ToShards(IReadOnlyList<long> cuts)
    {
        List<ShardRange> shards = [];
        for (var k = 1; k < cuts.Count; k++)
        {
            // A row longer than the stride puts several cuts at its end.
            if (cuts[k] > cuts[k - 1])
            {
                shards.Add(new ShardRange(shards.Count, cuts[k - 1], cuts[k]));
            }
        }

        return shards;
    }
}
