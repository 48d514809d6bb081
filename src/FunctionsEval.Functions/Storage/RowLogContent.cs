using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Functions.Storage;

/// <summary>What is in a shard's row log.</summary>
internal sealed class RowLogContent
{
    private readonly ShardRange _shard;
    private readonly SortedDictionary<RowKey, LogRow> _rows = [];

    private RowLogContent(ShardRange shard) => _shard = shard;

    /// <summary>
    /// The samples' rows in dataset order. Where a sample has several, the last: one that took the place of a partial row, or of a failure
    /// that was asked about again. Rows that lie outside the shard are of a cut before this one and none of it.
    /// </summary>
    public SortedDictionary<RowKey, LogRow> Rows => _rows;

    public LogSessions Sessions { get; } = new();

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the last line lacks its end.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Reads a log, one line at a time.</summary>
    public static async Task<RowLogContent> ReadAsync(Stream log, ShardRange shard, CancellationToken cancellationToken)
    {
        var content = new RowLogContent(shard);
        var reader = PipeReader.Create(log);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                content.AddLine(rest.Slice(0, end));
                content.Length++;
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                content.IsTorn = !rest.IsEmpty;
                content.AddLine(rest);
                await reader.CompleteAsync();
                return content;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    private void AddLine(ReadOnlySequence<byte> sequence)
    {
        Length += sequence.Length;
        var line = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (line.IsEmpty)
            return;
        if (SessionLine.IsOne(line))
        {
            if (SessionLine.TryParse(line) is { } session)
                Sessions.Add(session);
        }
        else if (TryParse(line) is { } row && row.Offset >= _shard.Start && row.Offset < _shard.End)
        {
            _rows[RowKey.Of(row)] = row;
            if (!row.IsPartial)
                Sessions.Clear(RowKey.Of(row));
        }
    }

    private static LogRow? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<LogRow>(line, RunJson.Options);
        }
        catch (JsonException)
        {
            // A torn line is no row.
            return null;
        }
    }
}
