namespace FunctionsEval.Core.Datasets;

/// <summary>Counts the bytes that are read of a dataset.</summary>
/// <param name="read">Reads the dataset.</param>
internal sealed class CountingRead(RangeRead read)
{
    private long _bytes;

    /// <summary>Bytes read so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <exception cref="EndOfStreamException">The dataset has fewer bytes.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var bytes = await read(offset, length, cancellationToken);
        if (bytes.Length != length)
        {
            throw new EndOfStreamException($"Asked for {length} bytes at {offset}, got {bytes.Length}.");
        }

        Interlocked.Add(ref _bytes, length);
        return bytes;
    }
}
