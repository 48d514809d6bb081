namespace FunctionsEval.Core.Datasets;

/// <summary>Reads a dataset from its beginning, a piece at a time.</summary>
internal sealed class RangeStream(RangeRead read, long length, int pieceBytes) : ForwardStream
{
    private ReadOnlyMemory<byte> _piece;
    private long _next;

    public override long Length => length;

    protected override long BytesRead => _next - _piece.Length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_piece.IsEmpty && _next < length)
        {
            _piece = await read(_next, (int)Math.Min(pieceBytes, length - _next), cancellationToken);
            _next += _piece.Length;
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }
}
