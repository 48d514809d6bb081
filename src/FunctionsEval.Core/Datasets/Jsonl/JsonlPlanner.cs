namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>
/// Cuts JSONL at the first line end after each multiple of a stride. It finds the line ends with small reads, so that it does not read the
/// whole dataset.
/// </summary>
internal static class JsonlPlanner
{
    private const int MinProbe = 256;
    private const int MaxProbe = 1024 * 1024;
    private const long Unknown = -1;

    public static async Task<ShardPlan> PlanAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    )
    {
        var head = await read.ReadAsync(0, (int)Math.Min(length, options.HeadBytes), cancellationToken);
        var headRows = CountRows(head.Span, isWhole: head.Length == length);
        var meanRow = Math.Max(1, (double)head.Length / Math.Max(1, headRows));
        var rows = head.Length == length ? headRows : (long)Math.Ceiling(length / meanRow);
        var stride = ShardPlanner.Stride(rows, meanRow, options);

        var cuts = new long[(length + stride - 1) / stride + 1];
        cuts[^1] = length;
        await Parallel.ForAsync(
            1,
            cuts.Length - 1,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (k, token) =>
                cuts[k] = await FindCutAsync(read, head, k * stride, Math.Min(length, (k + 1) * stride - 1), meanRow, token) ?? Unknown
        );
        for (var k = cuts.Length - 2; k > 0; k--)
        {
            cuts[k] = cuts[k] == Unknown ? cuts[k + 1] : cuts[k];
        }

        return new ShardPlan
        {
            Shards = ShardPlanner.ToShards(cuts),
            EstimatedRows = rows,
            IsRowCountExact = head.Length == length,
            BytesRead = read.Bytes,
        };
    }

    /// <summary>
    /// The first row start at or after <paramref name="target"/>; null when no row ends before <paramref name="until"/>, from where the
    /// next cut looks: so a row of any length is read once.
    /// </summary>
    private static async ValueTask<long?> FindCutAsync(
        CountingRead read,
        ReadOnlyMemory<byte> head,
        long target,
        long until,
        double meanRow,
        CancellationToken cancellationToken
    )
    {
        // The byte before the target may be the line end.
        var position = target - 1;
        if (position < head.Length)
        {
            var end = head.Span[(int)position..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                return position + end + 1;
            }

            position = head.Length;
        }

        var probe = (int)Math.Clamp(2 * meanRow, MinProbe, MaxProbe);
        while (position < until)
        {
            var bytes = await read.ReadAsync(position, (int)Math.Min(probe, until - position), cancellationToken);
            var end = bytes.Span.IndexOf((byte)'\n');
            if (end >= 0)
            {
                return position + end + 1;
            }

            position += bytes.Length;
            probe = Math.Min(probe * 2, MaxProbe);
        }

        return null;
    }

    /// <summary>The rows that end in a dataset's beginning, or in all of it; blank lines are none.</summary>
    private static int CountRows(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var rows = 0;
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            if ((end >= 0 || isWhole) && !JsonlFormat.Instance.IsBlank(line))
            {
                rows++;
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return rows;
    }
}
