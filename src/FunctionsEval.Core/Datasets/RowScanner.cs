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

    public static RowScanner For(DatasetFormat format) => format switch
    {
        DatasetFormat.Jsonl => new LineScanner(),
        DatasetFormat.Csv => new CsvScanner((byte)','),
        DatasetFormat.Tsv => new CsvScanner((byte)'\t'),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Begins a row.</summary>
    public virtual void Start() => LineFeeds = 0;

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
internal sealed class CsvScanner(byte delimiter) : RowScanner
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

    public override bool InQuotes => _state == State.Quoted;

    public override int BadQuotesField => _badQuotesField;

    /// <summary>Number of the field that the bytes so far end in, 1-based.</summary>
    public int Field => _field;

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
}
