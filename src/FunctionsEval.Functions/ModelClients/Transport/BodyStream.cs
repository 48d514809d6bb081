using System.Text;
using System.Threading.RateLimiting;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>Reads another stream up to a number of bytes, in all and on one line, and refuses more.</summary>
/// <param name="inner">The other stream, which is disposed of with this one.</param>
/// <param name="maxBytes">Maximum number of bytes that are read.</param>
/// <param name="budget">Bounds all such streams of the process together; null for none.</param>
internal sealed class BodyStream(Stream inner, int maxBytes, BodyBudget? budget = null) : ForwardStream
{
    private readonly byte[] _peeked = new byte[64];
    private int _peekedFrom;
    private int _peekedTo;
    private long _read;
    private long _line;
    private long _kept;
    private long _readWhenKept;
    private RateLimitLease? _lease;

    /// <summary>Maximum number of bytes of a line; no bound unless set.</summary>
    public int MaxLineBytes { get; set; } = int.MaxValue;

    /// <summary>Number of bytes that are held outside the budget.</summary>
    public int FreeBytes { get; set; } = ResponseBody.BaseBytes;

    protected override long BytesRead => _read;

    /// <summary>
    /// The first byte that is no white space and no byte order mark; null for a stream of nothing else in its first bytes. What is looked
    /// at is read all the same.
    /// </summary>
    public async ValueTask<byte?> PeekAsync(CancellationToken cancellationToken)
    {
        while (_peekedTo < _peeked.Length && await ReadInnerAsync(_peeked.AsMemory(_peekedTo), cancellationToken) is > 0 and var bytes)
        {
            _peekedTo += bytes;
            var at = _peeked.AsSpan(0, _peekedTo).IndexOfAnyExcept([.. " \t\r\n"u8, .. Encoding.UTF8.Preamble]);
            if (at >= 0)
            {
                return _peeked[at];
            }
        }
        return null;
    }

    /// <summary>Reports how many of the bytes read so far are still held. Without a report, all of them are.</summary>
    public void Keep(long bytes) => (_kept, _readWhenKept) = (bytes, _read);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_peekedFrom == _peekedTo)
        {
            return await ReadInnerAsync(buffer, cancellationToken);
        }

        var bytes = Math.Min(buffer.Length, _peekedTo - _peekedFrom);
        _peeked.AsMemory(_peekedFrom, bytes).CopyTo(buffer);
        _peekedFrom += bytes;
        return bytes;
    }

    public override async ValueTask DisposeAsync()
    {
        _lease?.Dispose();
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_lease is null && budget is not null && _kept + _read - _readWhenKept >= FreeBytes)
        {
            _lease = await budget.AcquireAsync(maxBytes, cancellationToken);
        }

        var bytes = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..bytes]);
        return bytes;
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _read += bytes.Length;
        var end = bytes.LastIndexOfAny((byte)'\n', (byte)'\r');
        _line = end < 0 ? _line + bytes.Length : bytes.Length - 1 - end;
        if (_read > maxBytes || _line > MaxLineBytes)
        {
            throw new BodyTooLargeException();
        }
    }
}
