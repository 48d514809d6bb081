namespace FunctionsEval.Core.Datasets.Packing;

/// <summary>
/// How the rows of a dataset are packed into a file whose bytes are no rows: compressed, or in columns. Such a file is unpacked once, as a
/// stream, into rows of a <see cref="DatasetFormat"/>. Packings have no state; <see cref="DatasetPackingCatalog"/> has one object of each.
/// </summary>
public abstract class DatasetPacking
{
    private protected DatasetPacking() { }

    /// <summary>The name that messages use: <c>gzip</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The ending of the names of its files, with the dot and in lower case: <c>.gz</c>.</summary>
    public abstract string Extension { get; }

    /// <summary>Unpacks a file into text of the format that its name says.</summary>
    /// <param name="read">Reads the file; not called concurrently.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="maxBytes">Maximum number of unpacked bytes.</param>
    /// <returns>The text, read asynchronously from its beginning. Reading it throws a <see cref="DatasetException"/> where the file is
    /// damaged, of another kind than its name says, or larger than <paramref name="maxBytes"/>.</returns>
    public Stream Unpack(RangeRead read, long length, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        return new UnpackedStream(Open(new CountingRead(read), length), this, maxBytes);
    }

    /// <summary>The format of the rows in a file; null when its name does not tell.</summary>
    /// <param name="name">The file's name without <see cref="Extension"/>.</param>
    internal abstract DatasetFormat? FindFormat(string name);

    /// <summary>What to do with a file whose name does not tell the format of its rows.</summary>
    internal abstract string NameFix { get; }

    /// <summary>Whether an exception of the unpacking says that the file is damaged.</summary>
    internal abstract bool IsDamage(Exception fault);

    /// <summary>Opens the unpacked text.</summary>
    private protected abstract Stream Open(CountingRead read, long length);
}
