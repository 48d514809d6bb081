namespace FunctionsEval.Core.Datasets;

/// <summary>The body is longer than the limit.</summary>
/// <param name="limit">Maximum number of bytes.</param>
public sealed class TooManyBytesException(long limit) : IOException($"The body has more than {limit} bytes.");

/// <summary>Reads another stream up to a limit.</summary>
/// <param name="inner">The other stream.</param>
/// <param name="limit">Maximum number of bytes.</param>
/// <param name="cuts">Whether the bytes beyond the limit are left out. Otherwise reading them throws
/// <see cref="TooManyBytesException"/>.</param>
public sealed class BoundedStream(Stream inner, long limit, bool cuts = false) : ForwardStream
{
    private long _read;

    /// <summary>Whether the stream has more bytes than the limit, so that reading threw.</summary>
    public bool IsExceeded => _read > limit;

    /// <inheritdoc/>
    protected override long BytesRead => _read;

    /// <inheritdoc/>
    /// <exception cref="TooManyBytesException">There is more than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(cuts ? buffer[..(int)Math.Min(buffer.Length, limit - _read)] : buffer, cancellationToken);
        _read += read;
        return IsExceeded ? throw new TooManyBytesException(limit) : read;
    }
}
