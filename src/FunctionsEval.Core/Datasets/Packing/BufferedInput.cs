namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>Compressed bytes of which some may be given back after they were read.</summary>
/// <param name="inner">The bytes.</param>
internal sealed class BufferedInput(Stream inner) : ForwardStream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private int _lastStart;
    private long _read;

    protected override long BytesRead => _read;

    /// <summary>Reads up to 8 KiB, which can be searched by <see cref="TrySkipPastAsync"/> until the next read.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await FillAsync(1, cancellationToken);
        var count = Math.Min(Math.Min(buffer.Length, _end - _start), 8 * 1024);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _lastStart = _start;
        _start += count;
        _read += count;
        return count;
    }

    /// <summary>
    /// Goes back to where the given bytes are, in what the last read returned or right after it, and skips them. Of several such places
    /// it is the first that the end or <paramref name="next"/> follows; else the first.
    /// </summary>
    /// <param name="bytes">The bytes; with <paramref name="next"/> at most 1 KiB.</param>
    /// <param name="next">What follows them in most cases.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>False when they are not there.</returns>
    public async ValueTask<bool> TrySkipPastAsync(
        ReadOnlyMemory<byte> bytes,
        ReadOnlyMemory<byte> next,
        CancellationToken cancellationToken
    )
    {
        await FillAsync(bytes.Length + next.Length, cancellationToken);
        if (FindEnd(bytes.Span, next.Span) is not { } end)
        {
            return false;
        }

        _read += end - _start;
        _start = _lastStart = end;
        return true;
    }

    private int? FindEnd(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> next)
    {
        int? first = null;
        var until = Math.Min(_end, _start + bytes.Length);
        for (var from = _lastStart; _buffer.AsSpan(from, until - from).IndexOf(bytes) is >= 0 and var at; from += at + 1)
        {
            var end = from + at + bytes.Length;
            if (end == _end || _buffer.AsSpan(end, _end - end).StartsWith(next))
            {
                return end;
            }

            first ??= end;
        }

        return first;
    }

    /// <summary>Reads the next bytes; fewer at the end.</summary>
    /// <param name="count">How many; at most 1 KiB.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        await FillAsync(count, cancellationToken);
        var taken = Math.Min(count, _end - _start);
        _start += taken;
        _lastStart = _start;
        _read += taken;
        return _buffer.AsMemory(_start - taken, taken);
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Makes that many bytes lie in the buffer, unless there are fewer, and keeps what the last read returned.</summary>
    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start >= count)
        {
            return;
        }

        if (_buffer.Length - _start < count)
        {
            _buffer.AsSpan(_lastStart, _end - _lastStart).CopyTo(_buffer);
            (_start, _end, _lastStart) = (_start - _lastStart, _end - _lastStart, 0);
        }

        int read;
        while (_end - _start < count && (read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken)) > 0)
        {
            _end += read;
        }
    }
}
