namespace FunctionsEval.Core.Datasets;

/// <summary>Cuts a stream into rows, holding one row at a time and no more than the limit of it.</summary>
internal sealed class RowSplitter(Stream stream, RowScanner scanner, int maxRowBytes)
{
    private const int FirstBufferSize = 16 * 1024;

    private byte[] _buffer = new byte[FirstBufferSize];
    private int _start;
    private int _end;
    private bool _atEnd;
    private int _nextLine = 1;

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

    public RowScanner Scanner => scanner;

    /// <summary>Goes to the next row, be it blank; false at the end of the stream.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        scanner.Start();
        Position = NextPosition;
        Line = _nextLine;
        TooLong = false;
        Row = default;
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

    private void Finish(int length, long skipped, bool terminated)
    {
        Terminated = terminated;
        _nextLine += scanner.LineFeeds + (terminated ? 0 : 1);
        NextPosition = Position + skipped + length;
        if (!TooLong)
        {
            var row = _buffer.AsMemory(_start, length);
            if (terminated)
            {
                row = row[..^1];
            }

            if (row.Length > 0 && row.Span[^1] == '\r')
            {
                row = row[..^1];
            }

            TooLong = row.Length > maxRowBytes;
            Row = TooLong ? default : row;
        }

        _start += length;
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
