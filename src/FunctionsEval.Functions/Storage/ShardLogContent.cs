using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>What is in a shard's shard log.</summary>
internal sealed class ShardLogContent
{
    private readonly ShardRange _shard;
    private readonly SortedDictionary<RowKey, EvaluatedSample> _rows = [];

    private ShardLogContent(ShardRange shard) => _shard = shard;

    /// <summary>
    /// The samples' rows in dataset order. Where a sample has several, the last: one that took the place of a partial row, or of a failure
    /// that was asked about again. Rows that lie outside the shard are of a cut before this one and none of it.
    /// </summary>
    public SortedDictionary<RowKey, EvaluatedSample> Rows => _rows;

    public LogSessions Sessions { get; } = new();

    /// <summary>Number of the last blob, from 0.</summary>
    public int Part { get; private set; }

    /// <summary>Appends that the last blob has taken.</summary>
    public int Blocks { get; private set; }

    /// <summary>Bytes of the last blob.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the last line lacks its end.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>A log in which nothing is.</summary>
    public static ShardLogContent Empty(ShardRange shard) => new(shard);

    /// <summary>Reads a log, one line at a time.</summary>
    /// <param name="parts">Its blobs. There is another one only after one that has taken all that it may.</param>
    /// <param name="shard">The shard's range.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<ShardLogContent> ReadAsync(
        Func<int, AppendBlobClient> parts,
        ShardRange shard,
        CancellationToken cancellationToken
    )
    {
        var content = new ShardLogContent(shard);
        await content.AddPartAsync(parts(0), cancellationToken);
        try
        {
            while (content.Blocks >= LeasedLog.MaxBlocks)
            {
                await content.AddPartAsync(parts(content.Part + 1), cancellationToken);
                content.Part++;
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // Nothing was appended after the last one was full.
        }

        return content;
    }

    private async Task AddPartAsync(AppendBlobClient blob, CancellationToken cancellationToken)
    {
        var part = await blob.DownloadStreamingAsync(cancellationToken: cancellationToken);
        await using var stream = part.Value.Content;
        Blocks = part.Value.Details.BlobCommittedBlockCount;
        Length = 0;
        await AddAsync(stream, cancellationToken);
    }

    private async Task AddAsync(Stream log, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(log);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                AddLine(rest.Slice(0, end));
                Length++;
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                IsTorn = !rest.IsEmpty;
                AddLine(rest);
                await reader.CompleteAsync();
                return;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    private void AddLine(ReadOnlySequence<byte> sequence)
    {
        Length += sequence.Length;
        var line = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (line.IsEmpty)
        {
            return;
        }

        if (SessionLine.IsOne(line))
        {
            if (SessionLine.TryParse(line) is { } session)
            {
                Sessions.Add(session);
            }
        }
        else if (TryParse(line) is { } row && row.Offset >= _shard.Start && row.Offset < _shard.End)
        {
            _rows[RowKey.From(row)] = row;
            if (!row.IsPartial)
            {
                Sessions.Clear(RowKey.From(row));
            }
        }
    }

    private static EvaluatedSample? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluatedSample>(line, RunJson.Options);
        }
        catch (JsonException)
        {
            // A torn line is no row.
            return null;
        }
    }
}
