namespace FunctionsEval.Functions;

/// <summary>More was sent than is taken.</summary>
internal sealed class TooManyBytesException(long limit) : IOException($"The body has more than {limit} bytes.");

/// <summary>Reads another stream, up to a bound.</summary>
/// <param name="inner">The other stream.</param>
/// <param name="limit">Most bytes.</param>
/// <param name="cuts">Whether what is more is left out; else reading it throws <see cref="TooManyBytesException"/>.</param>
internal sealed class BoundedStream(Stream inner, long limit, bool cuts = false) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(cuts ? buffer[..(int)Math.Min(buffer.Length, limit - _read)] : buffer, cancellationToken);
        _read += read;
        return _read <= limit ? read : throw new TooManyBytesException(limit);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
