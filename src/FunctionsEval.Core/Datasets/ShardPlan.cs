namespace FunctionsEval.Core.Datasets;

/// <summary>Reads bytes of a dataset. Must be safe for concurrent calls.</summary>
/// <param name="offset">Offset of the first byte.</param>
/// <param name="length">How many bytes; the range lies within the dataset.</param>
/// <param name="cancellationToken">Stops the reading.</param>
/// <returns>Exactly the bytes asked for.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>> RangeRead(long offset, int length, CancellationToken cancellationToken);

/// <summary>A contiguous byte range of a dataset, aligned to row ends.</summary>
/// <param name="Index">Number of the shard, from 0, in the dataset's order.</param>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="End">Offset after the last byte.</param>
public sealed record ShardRange(int Index, long Start, long End)
{
    /// <summary>Bytes in the range.</summary>
    public long Length => End - Start;
}

/// <summary>How a dataset is cut. Every byte after the header is in exactly one shard.</summary>
public sealed record ShardPlan
{
    /// <summary>The shards in the dataset's order; none is empty.</summary>
    public required IReadOnlyList<ShardRange> Shards { get; init; }

    /// <summary>The header's text for <see cref="DatasetReadOptions.CsvHeader"/>; null for JSONL.</summary>
    public string? CsvHeader { get; init; }

    /// <summary>Offset after the header, where the first shard starts; 0 for JSONL.</summary>
    public long HeaderEnd { get; init; }

    /// <summary>Physical lines before the first shard, to be added to its rows' line numbers; 0 for JSONL.</summary>
    public int HeaderLines { get; init; }

    /// <summary>Rows estimated from the dataset's beginning; exact when that is all of it, and always for CSV.</summary>
    public required long EstimatedRows { get; init; }

    /// <summary>Whether <see cref="EstimatedRows"/> is exact.</summary>
    public bool IsRowCountExact { get; init; } = true;

    /// <summary>Bytes that planning has read.</summary>
    public required long BytesRead { get; init; }
}

/// <summary>How large shards become.</summary>
public sealed record ShardPlanOptions
{
    /// <summary>How the rows are written.</summary>
    public required DatasetFormat Format { get; init; }

    /// <summary>The target number of shards, before <see cref="MinRows"/> and <see cref="MaxRows"/> bound it. Default 64.</summary>
    public int TargetShards { get; init; } = 64;

    /// <summary>Minimum number of rows that a shard aims at. Default 200.</summary>
    public int MinRows { get; init; } = 200;

    /// <summary>Maximum number of rows that a shard aims at. Default 2000.</summary>
    public int MaxRows { get; init; } = 2000;

    /// <summary>Maximum number of bytes in a shard, unless one row alone is longer than a quarter of it. Default 4 MiB.</summary>
    public int MaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes at the dataset's beginning from which the mean row length is estimated. Default 64 KiB.</summary>
    public int HeadBytes { get; init; } = 64 * 1024;

    /// <summary>Reads under way at once. Default 8.</summary>
    public int Concurrency { get; init; } = 8;
}
