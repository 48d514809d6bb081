using System.Text;
using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Csv;

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

            Take(b);
        }

        return -1;
    }

    /// <summary>Takes a byte that is outside quotes and ends no line.</summary>
    private void Take(byte value)
    {
        if (value == delimiter)
        {
            _field++;
            _state = State.FieldStart;
        }
        else if (value == '"' && _state is State.FieldStart or State.QuoteInQuoted)
        {
            _state = State.Quoted;
        }
        else
        {
            // A carriage return after a closing quote is the first half of the line end.
            if (_state == State.QuoteInQuoted && value != '\r' && _badQuotesField == 0)
            {
                _badQuotesField = _field;
            }

            _state = State.Plain;
        }
    }

    private static int CountFields(string header, byte delimiter)
    {
        var scanner = new CsvScanner(delimiter);
        scanner.Start();
        scanner.FindEnd(Encoding.UTF8.GetBytes(header));
        return scanner.Field;
    }
}
