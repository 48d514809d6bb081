using System.Text;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds where rows end in a stream of bytes; keeps its state from one piece of a row to the next.</summary>
internal abstract class RowScanner
{
    /// <summary>Line feeds seen since the last <see cref="Start"/>, the row's own end included.</summary>
    public int LineFeeds { get; protected set; }

    /// <summary>Whether the bytes so far end inside quotes.</summary>
    public virtual bool InQuotes => false;

    /// <summary>Number of the first field with text after its closing quote, 1-based; 0 for none.</summary>
    public virtual int BadQuotesField => 0;

    /// <summary>Creates the scanner of a format.</summary>
    /// <param name="format">How the rows are written.</param>
    /// <param name="csvHeader">The header, for a range that does not hold it.</param>
    public static RowScanner For(DatasetFormat format, string? csvHeader = null) =>
        format switch
        {
            DatasetFormat.Jsonl => new LineScanner(),
            DatasetFormat.Csv => new CsvScanner((byte)',', csvHeader),
            DatasetFormat.Tsv => new CsvScanner((byte)'\t', csvHeader),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };

    /// <summary>Begins a row.</summary>
    public virtual void Start() => LineFeeds = 0;

    /// <summary>Takes the record that was scanned for the header, unless it is known.</summary>
    public virtual void TakeHeader() { }

    /// <summary>What the lines of the record are that was scanned, when it has several.</summary>
    /// <param name="record">The record.</param>
    public virtual QuotedLinesKind Judge(ReadOnlySpan<byte> record) => QuotedLinesKind.Text;

    /// <summary>Whether even one line is judged whose quote is not closed.</summary>
    public virtual bool JudgesOpenQuotes => false;

    /// <summary>Returns how many bytes belong to the row, its line feed included, or -1 when it goes on after these.</summary>
    public abstract int FindEnd(ReadOnlySpan<byte> bytes);
}

/// <summary>A row is a line.</summary>
internal sealed class LineScanner : RowScanner
{
    public override int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return -1;
        }

        LineFeeds++;
        return end + 1;
    }
}

/// <summary>A row is a line whose quoted fields may hold line feeds. A quote opens a field only as its first byte (RFC 4180).</summary>
/// <param name="delimiter">What stands between fields.</param>
/// <param name="header">The header; null when it is still to be read.</param>
internal sealed class CsvScanner(byte delimiter, string? header = null) : RowScanner
{
    private enum State
    {
        FieldStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    private State _state;
    private int _field;
    private int _badQuotesField;
    private int _columns = header is null ? 0 : CountFields(header, delimiter);

    public override bool InQuotes => _state == State.Quoted;

    public override int BadQuotesField => _badQuotesField;

    /// <summary>What stands between fields.</summary>
    public byte Delimiter => delimiter;

    /// <summary>Number of the field that the bytes so far end in, 1-based.</summary>
    public int Field => _field;

    public override bool JudgesOpenQuotes => InQuotes && delimiter == '\t';

    public override void TakeHeader() => _columns = _columns == 0 ? _field : _columns;

    public override QuotedLinesKind Judge(ReadOnlySpan<byte> record) =>
        QuotedLines.Judge(record, delimiter, _columns, isWellQuoted: !InQuotes && _badQuotesField == 0 && _field == _columns);

    public override void Start()
    {
        base.Start();
        _state = State.FieldStart;
        _field = 1;
        _badQuotesField = 0;
    }

    public override int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            if (_state == State.Quoted)
            {
                var quote = bytes[i..].IndexOf((byte)'"');
                var text = quote < 0 ? bytes[i..] : bytes.Slice(i, quote);
                LineFeeds += text.Count((byte)'\n');
                if (quote < 0)
                {
                    return -1;
                }

                i += quote + 1;
                _state = State.QuoteInQuoted;
                continue;
            }

            if (_state == State.Plain)
            {
                var stop = bytes[i..].IndexOfAny(delimiter, (byte)'\n');
                if (stop < 0)
                {
                    return -1;
                }

                i += stop;
            }

            var b = bytes[i++];
            if (b == '\n')
            {
                LineFeeds++;
                return i;
            }

            if (b == delimiter)
            {
                _field++;
                _state = State.FieldStart;
            }
            else if (b == '"' && _state is State.FieldStart or State.QuoteInQuoted)
            {
                _state = State.Quoted;
            }
            else
            {
                // A carriage return after a closing quote is the first half of the line end.
                if (_state == State.QuoteInQuoted && b != '\r' && _badQuotesField == 0)
                {
                    _badQuotesField = _field;
                }

                _state = State.Plain;
            }
        }

        return -1;
    }

    private static int CountFields(string header, byte delimiter)
    {
        var scanner = new CsvScanner(delimiter);
        scanner.Start();
        scanner.FindEnd(Encoding.UTF8.GetBytes(header));
        return scanner.Field;
    }
}
