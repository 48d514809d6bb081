namespace FunctionsEval.Core.Datasets.Text;

/// <summary>A format whose rows follow each other as text in UTF-8, each ending with a line feed.</summary>
public abstract class TextFormat : DatasetFormat
{
    private const int Piece = 1024 * 1024;

    private protected TextFormat() { }

    /// <summary>Whether the first row names the fields of the others.</summary>
    internal abstract bool HasHeader { get; }

    /// <summary>Creates what finds rows' ends.</summary>
    /// <param name="header">The header, for a range that does not hold it.</param>
    internal abstract RowScanner CreateScanner(string? header = null);

    /// <summary>Creates what reads the rows of a range; null where the range begins with a header (<see cref="ReadHeader"/>).</summary>
    internal abstract RowParser? CreateParser(DatasetReadOptions options);

    /// <summary>Creates what reads the rows after a header.</summary>
    /// <exception cref="DatasetException">The row cannot be a header.</exception>
    internal virtual RowParser ReadHeader(ReadOnlyMemory<byte> row, RowSplitter splitter, DatasetReadOptions options) =>
        throw new NotSupportedException($"{Name} has no header.");

    /// <summary>Whether a row holds nothing: white space only, where that cannot be a value.</summary>
    internal virtual bool IsBlank(ReadOnlySpan<byte> row) => row.IndexOfAnyExcept(" \r"u8) < 0;

    /// <summary>What a text is that is not of this format; null when it may be.</summary>
    private protected virtual Misfit? FindMisfitOfText(ReadOnlySpan<byte> head) => null;

    internal sealed override Misfit? FindMisfit(ReadOnlySpan<byte> head) => TextContent.FindMisfit(head) ?? FindMisfitOfText(head);

    internal sealed override DatasetReader CreateReader(DatasetReadOptions options) => new TextRowReader(this, options);

    /// <inheritdoc/>
    public sealed override async Task<long> EndOfAsync(
        RangeRead read,
        long length,
        long rows,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        await using var stream = new RangeStream(read, length, Piece);
        var splitter = new RowSplitter(stream, CreateScanner(), DatasetReadOptions.DefaultMaxRowBytes, isBeginning: true);
        var wanted = HasHeader ? rows + 1 : rows;
        while (wanted > 0 && await splitter.MoveNextAsync(cancellationToken))
        {
            if (splitter.TooLong || !IsBlank(splitter.Row.Span))
            {
                wanted--;
            }
        }

        return wanted > 0 ? length : splitter.NextPosition;
    }

    internal sealed override async Task<int> EndOfWholeRowsAsync(ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(head.ToArray(), writable: false);
        var splitter = new RowSplitter(stream, CreateScanner(), head.Length, isBeginning: true);
        long end = 0;
        while (await splitter.MoveNextAsync(cancellationToken) && splitter.Terminated)
        {
            end = splitter.NextPosition;
        }

        return (int)end;
    }
}
