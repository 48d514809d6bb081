using System.Runtime.CompilerServices;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Reads the rows of a byte range of a dataset, streaming: one row at a time is in memory, and at most
/// <see cref="DatasetReadOptions.MaxRowBytes"/> of it. A reader serves one enumeration at a time.
/// </summary>
public abstract class DatasetReader
{
    /// <summary>A shard is read at once, unless it is that long for a row that is too long to be held.</summary>
    internal const int PieceBytes = 8 * 1024 * 1024;

    private protected DatasetReader() { }

    /// <summary>
    /// Physical lines of the range, blank ones and a header included, as far as it has been read; all of them once the enumeration has
    /// ended.
    /// </summary>
    public int LinesRead { get; private protected set; }

    /// <summary>Reads a range that starts at a row's start and ends at a row's end.</summary>
    /// <param name="range">The range's bytes; not disposed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The rows in their order, good and bad; blank lines are skipped.</returns>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be used.</exception>
    public abstract IAsyncEnumerable<DatasetRow> ReadAsync(Stream range, CancellationToken cancellationToken = default);

    /// <summary>Reads a range that starts at a row's start and ends at a row's end, a piece of it at a time.</summary>
    /// <param name="read">Reads bytes of the range; offsets are from its start.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The rows in their order, good and bad; blank lines are skipped.</returns>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be used.</exception>
    public async IAsyncEnumerable<DatasetRow> ReadAsync(
        RangeRead read,
        long length,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        await using var stream = new RangeStream(read, length, PieceBytes);
        await foreach (var row in ReadAsync(stream, cancellationToken))
        {
            yield return row;
        }
    }
}
