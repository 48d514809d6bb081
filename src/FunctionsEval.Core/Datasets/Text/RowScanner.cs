namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Finds where rows end in a stream of bytes; keeps its state from one piece of a row to the next.</summary>
internal abstract class RowScanner
{
    /// <summary>Line feeds seen since the last <see cref="Start"/>, the row's own end included.</summary>
    public int LineFeeds { get; protected set; }

    /// <summary>Whether the bytes so far end inside quotes.</summary>
    public virtual bool InQuotes => false;

    /// <summary>Number of the first field with text after its closing quote, 1-based; 0 for none.</summary>
    public virtual int BadQuotesField => 0;

    /// <summary>Begins a row.</summary>
    public virtual void Start() => LineFeeds = 0;

    /// <summary>Takes the record that was scanned for the header, unless it is known.</summary>
    public virtual void TakeHeader() { }

    /// <summary>What the lines of the scanned record are, when it has several.</summary>
    /// <param name="record">The record.</param>
    public virtual QuotedLinesKind Judge(ReadOnlySpan<byte> record) => QuotedLinesKind.Text;

    /// <summary>Whether a single line is judged too when its quote is not closed.</summary>
    public virtual bool JudgesOpenQuotes => false;

    /// <summary>Returns how many bytes belong to the row, its line feed included, or -1 when it goes on after these.</summary>
    public abstract int FindEnd(ReadOnlySpan<byte> bytes);
}
