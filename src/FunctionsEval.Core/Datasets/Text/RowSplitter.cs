namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Cuts a stream into rows, holding one row at a time and no more than the limit of it.</summary>
/// <param name="stream">The rows.</param>
/// <param name="scanner">Finds the rows' ends.</param>
/// <param name="maxRowBytes">The longest row that is held.</param>
/// <param name="isBeginning">Whether the stream is the beginning of the dataset, where a byte order mark is no part of the first
/// row.</param>
internal sealed class RowSplitter(Stream stream, RowScanner scanner, int maxRowBytes, bool isBeginning)
{
    private const int FirstBufferSize = 16 * 1024;

    private byte[] _buffer = new byte[FirstBufferSize];
    private int _start;
    private int _end;
    private bool _atEnd;
    private int _nextLine = 1;
    private bool _mayHaveBom = isBeginning;
    private bool _hasHeader;
    private long _quotedRowsEnd;

    /// <summary>The row without its line end; empty when <see cref="TooLong"/>.</summary>
    public ReadOnlyMemory<byte> Row { get; private set; }

    /// <summary>Position in the stream of the row's first byte.</summary>
    public long Position { get; private set; }

    /// <summary>Position in the stream just after the row and its line end.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Physical line of the row's start, 1-based.</summary>
    public int Line { get; private set; }

    /// <summary>Physical lines up to the row's end.</summary>
    public int LinesRead => _nextLine - 1;

    /// <summary>Whether the row is longer than the limit.</summary>
    public bool TooLong { get; private set; }

    /// <summary>Whether the row has a line end (only the last one may lack it).</summary>
    public bool Terminated { get; private set; }

    /// <summary>Whether a stray quote in the row takes in rows that follow it.</summary>
    public bool TakesInRows { get; private set; }

    /// <summary>Whether the quotes in the row are ordinary characters: one of them opens a field that the row does not close.</summary>
    public bool IsLiteral { get; private set; }

    /// <summary>
    /// Whether a range may end after the row. It may not end among rows that a stray quote takes in, because only all of them together show
    /// the stray quote.
    /// </summary>
    public bool MayEndRange => NextPosition >= _quotedRowsEnd;

    public RowScanner Scanner => scanner;

    /// <summary>Moves to the next row, which may be blank; false at the end of the stream.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (_mayHaveBom)
        {
            await SkipBomAsync(cancellationToken);
        }

        scanner.Start();
        Position = NextPosition;
        Line = _nextLine;
        TooLong = false;
        TakesInRows = false;
        IsLiteral = false;
        Row = default;
        if (Position < _quotedRowsEnd)
        {
            FinishQuotedRow((int)(_quotedRowsEnd - Position));
            return true;
        }

        var scanned = 0;
        long skipped = 0;
        while (true)
        {
            var length = scanner.FindEnd(_buffer.AsSpan(_start + scanned, _end - _start - scanned));
            if (length >= 0)
            {
                Finish(scanned + length, skipped, terminated: true);
                return true;
            }

            scanned = _end - _start;
            if (_atEnd)
            {
                if (scanned == 0 && skipped == 0)
                {
                    return false;
                }

                Finish(scanned, skipped, terminated: false);
                return true;
            }

            // One byte beyond the limit may be the carriage return of the line end.
            if (scanned > maxRowBytes + 1 || TooLong)
            {
                TooLong = true;
                skipped += scanned;
                scanned = 0;
                _start = _end = 0;
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask SkipBomAsync(CancellationToken cancellationToken)
    {
        _mayHaveBom = false;
        while (_end < Utf8Text.Bom.Length && !_atEnd)
        {
            await FillAsync(cancellationToken);
        }

        if (_buffer.AsSpan(0, _end).StartsWith(Utf8Text.Bom))
        {
            _start = Utf8Text.Bom.Length;
            NextPosition = _start;
        }
    }

    private void Finish(int length, long skipped, bool terminated)
    {
        var spansLines = scanner.LineFeeds > (terminated ? 1 : 0);
        if (TooLong || RowOf(length, terminated).Length > maxRowBytes)
        {
            TakesInRows = spansLines;
        }
        else if (spansLines || scanner.JudgesOpenQuotes)
        {
            var kind = scanner.Judge(_buffer.AsSpan(_start, length));
            if (kind == QuotedLinesKind.Rows)
            {
                _quotedRowsEnd = Position + length;
                FinishQuotedRow(length);
                return;
            }

            TakesInRows = kind == QuotedLinesKind.MostlyRows && !scanner.InQuotes;
        }

        Take(length, skipped, terminated);
        if (!_hasHeader && !TooLong && Row.Span.IndexOfAnyExcept(" \r"u8) >= 0)
        {
            _hasHeader = true;
            scanner.TakeHeader();
        }
    }

    /// <summary>Goes to the next of the rows that a quote takes in.</summary>
    /// <param name="left">Bytes up to the last one's end; they are in the buffer.</param>
    private void FinishQuotedRow(int left)
    {
        var end = _buffer.AsSpan(_start, left).IndexOf((byte)'\n');
        var length = end < 0 ? left : end + 1;
        scanner.Start();
        scanner.FindEnd(_buffer.AsSpan(_start, length));
        IsLiteral = scanner.InQuotes;
        Take(length, 0, terminated: end >= 0);
    }

    private void Take(int length, long skipped, bool terminated)
    {
        Terminated = terminated;
        _nextLine += scanner.LineFeeds + (terminated ? 0 : 1);
        NextPosition = Position + skipped + length;
        if (!TooLong)
        {
            var row = RowOf(length, terminated);
            TooLong = row.Length > maxRowBytes;
            Row = TooLong ? default : row;
        }

        _start += length;
    }

    /// <summary>The row at the buffer's start, without its line end.</summary>
    private ReadOnlyMemory<byte> RowOf(int length, bool terminated)
    {
        ReadOnlyMemory<byte> row = _buffer.AsMemory(_start, terminated ? length - 1 : length);
        return row.Length > 0 && row.Span[^1] == '\r' ? row[..^1] : row;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0 && _end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _atEnd = read == 0;
    }
}
