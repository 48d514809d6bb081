namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>The text of a packed dataset, up to a limit, with messages for users.</summary>
/// <param name="inner">The unpacked text.</param>
/// <param name="packing">What it was unpacked from.</param>
/// <param name="maxBytes">Maximum number of bytes.</param>
internal sealed class UnpackedStream(Stream inner, DatasetPacking packing, long maxBytes) : ForwardStream
{
    private long _read;

    protected override long BytesRead => _read;

    /// <exception cref="DatasetException">The file is damaged, or its text is longer than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            _read += count;
            return _read <= maxBytes
                ? count
                : throw new DatasetException(
                    DatasetProblems.TooLarge,
                    $"Unpacked it has more than {maxBytes} bytes, which is the limit. Split the file."
                );
        }
        catch (Exception fault) when (packing.IsDamage(fault))
        {
            throw new DatasetException(
                DatasetProblems.Damaged,
                $"It is not whole, or not {packing.Name}: it cannot be unpacked. Check it on your machine and upload it again."
            );
        }
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
