namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>
/// A file of which parts are in memory. The library reads synchronously and wherever the file tells it to; what is not in memory is
/// damage, and never a wait.
/// </summary>
/// <param name="length">Bytes of the file.</param>
internal sealed class ParquetWindow(long length) : Stream
{
    private readonly List<(long Start, ReadOnlyMemory<byte> Bytes)> _parts = [];

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    /// <summary>Puts a part of the file in the place of those before.</summary>
    public void Replace(params ReadOnlySpan<(long Start, ReadOnlyMemory<byte> Bytes)> parts)
    {
        _parts.Clear();
        _parts.AddRange(parts);
    }

    /// <exception cref="InvalidDataException">The bytes are in none of the parts.</exception>
    public override int Read(Span<byte> buffer)
    {
        foreach (var (start, bytes) in _parts)
        {
            if (Position >= start && Position < start + bytes.Length)
            {
                var part = bytes.Span[(int)(Position - start)..];
                var count = Math.Min(part.Length, buffer.Length);
                part[..count].CopyTo(buffer);
                Position += count;
                return count;
            }
        }

        return buffer.IsEmpty ? 0 : throw new InvalidDataException("A place outside its part of the file is read.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
