using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>The rows of a Parquet file as JSONL, a row group at a time.</summary>
/// <param name="file">The file.</param>
internal sealed class ParquetText(ParquetFile file) : ForwardStream
{
    private const int BatchBytes = 256 * 1024;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _batch = new(BatchBytes);
    private readonly ArrayBufferWriter<byte> _row = new();
    private IReadOnlyList<ParquetNode> _members = [];
    private ParquetLeaf[] _leaves = [];
    private int _group = -1;
    private long _rowsLeft;
    private int _taken;
    private long _read;

    protected override long BytesRead => _read;

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_taken == _batch.WrittenCount && !await FillAsync(cancellationToken))
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _batch.WrittenCount - _taken);
        _batch.WrittenMemory.Slice(_taken, count).CopyTo(buffer);
        _taken += count;
        _read += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Writes the next rows; false when there are no more.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_group < 0)
        {
            _members = await file.OpenAsync(cancellationToken);
            _leaves = [.. ParquetColumns.LeavesOf(_members)];
            _group = 0;
        }

        _batch.ResetWrittenCount();
        _taken = 0;
        while (_rowsLeft == 0)
        {
            if (_group == file.Groups)
            {
                return false;
            }

            _rowsLeft = await file.LoadAsync(_group++, _leaves, cancellationToken);
        }

        ParquetFile.Decode(() =>
        {
            using var writer = new Utf8JsonWriter(_row, Json);
            while (_rowsLeft > 0 && _batch.WrittenCount < BatchBytes)
            {
                WriteRow(writer);
                _rowsLeft--;
            }

            return _rowsLeft > 0 || _leaves.All(leaf => leaf.AtEnd)
                ? true
                : throw new InvalidDataException("Columns are longer than the rows.");
        });
        return true;
    }

    private void WriteRow(Utf8JsonWriter writer)
    {
        _row.ResetWrittenCount();
        writer.Reset();
        foreach (var leaf in _leaves)
        {
            leaf.BeginRow();
        }

        try
        {
            new ParquetObject("", _members, 0).Write(writer);
            writer.Flush();
            _batch.Write(_row.WrittenSpan);
        }
        catch (RowTooLongException)
        {
            WriteTooLong();
        }

        _batch.Write("\n"u8);
        if (_leaves.Any(leaf => leaf.Repetition > 0))
        {
            throw new InvalidDataException("A list goes on behind its row.");
        }
    }

    /// <summary>Writes a line that is as long as the row at least: so the row is an outcome of its own, at its place.</summary>
    private void WriteTooLong()
    {
        _batch.Write("{"u8);
        _batch.GetSpan(ParquetNode.MaxRowBytes)[..ParquetNode.MaxRowBytes].Fill((byte)' ');
        _batch.Advance(ParquetNode.MaxRowBytes);
        _batch.Write("}"u8);
        foreach (var leaf in _leaves)
        {
            leaf.SkipRow();
        }
    }
}
