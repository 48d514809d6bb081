namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Cuts a dataset into shards. JSONL is cut at the first line end after each multiple of a stride, found with small
/// reads, so that a large dataset is not read for it. In CSV a line feed may be inside quotes, and only a pass from the
/// beginning can tell: it reads every byte once and holds one piece at a time.
/// </summary>
public static class ShardPlanner
{
    private const int SmallestProbe = 256;
    private const int LargestProbe = 1024 * 1024;
    private const int CsvPiece = 1024 * 1024;
    private const long Unknown = -1;

    /// <summary>Plans the shards of a dataset.</summary>
    /// <param name="read">Reads the dataset.</param>
    /// <param name="length">Bytes of the dataset.</param>
    /// <param name="options">How large shards become.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be read, or a quote in it takes in rows: it is never closed,
    /// or far behind.</exception>
    public static async Task<ShardPlan> PlanAsync(
        RangeRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
        {
            return new ShardPlan
            {
                Shards = [],
                EstimatedRows = 0,
                BytesRead = 0,
            };
        }

        var counted = new CountingRead(read);
        return options.Format == DatasetFormat.Jsonl
            ? await PlanLinesAsync(counted, length, options, cancellationToken)
            : await PlanCsvAsync(counted, length, options, cancellationToken);
    }

    private static async Task<ShardPlan> PlanLinesAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    )
    {
        var head = await read.ReadAsync(0, (int)Math.Min(length, options.HeadBytes), cancellationToken);
        var headRows = CountRows(head.Span, isWhole: head.Length == length);
        var meanRow = Math.Max(1, (double)head.Length / Math.Max(1, headRows));
        var rows = head.Length == length ? headRows : (long)Math.Ceiling(length / meanRow);
        var stride = Stride(rows, meanRow, options);

        var cuts = new long[(length + stride - 1) / stride + 1];
        cuts[^1] = length;
        await Parallel.ForAsync(
            1,
            cuts.Length - 1,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (k, token) =>
                cuts[k] = await FindCutAsync(read, head, k * stride, Math.Min(length, (k + 1) * stride - 1), meanRow, token) ?? Unknown
        );
        for (var k = cuts.Length - 2; k > 0; k--)
        {
            cuts[k] = cuts[k] == Unknown ? cuts[k + 1] : cuts[k];
        }

        return new ShardPlan
        {
            Shards = ToShards(cuts),
            EstimatedRows = rows,
            IsRowCountExact = head.Length == length,
            BytesRead = read.Bytes,
        };
    }

    /// <summary>
    /// The first row start at or after <paramref name="target"/>; null when no row ends before <paramref name="until"/>, from where the
    /// next cut
    /// looks: so a row of any length is read once.
    /// </summary>
    private static async ValueTask<long?> FindCutAsync(
        CountingRead read,
        ReadOnlyMemory<byte> head,
        long target,
        long until,
        double meanRow,
        CancellationToken cancellationToken
    )
    {
        // The byte before the target may be the line end.
        var position = target - 1;
        if (position < head.Length)
        {
            var end = head.Span[(int)position..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                return position + end + 1;
            }

            position = head.Length;
        }

        var probe = (int)Math.Clamp(2 * meanRow, SmallestProbe, LargestProbe);
        while (position < until)
        {
            var bytes = await read.ReadAsync(position, (int)Math.Min(probe, until - position), cancellationToken);
            var end = bytes.Span.IndexOf((byte)'\n');
            if (end >= 0)
            {
                return position + end + 1;
            }

            position += bytes.Length;
            probe = Math.Min(probe * 2, LargestProbe);
        }

        return null;
    }

    private static async Task<ShardPlan> PlanCsvAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    )
    {
        await using var stream = new RangeStream(read.ReadAsync, length, CsvPiece);
        var splitter = new RowSplitter(stream, RowScanner.For(options.Format), DatasetReadOptions.DefaultMaxRowBytes, isBeginning: true);
        string? header = null;
        long headerEnd = 0;
        var headerLines = 0;
        while (header is null && await splitter.MoveNextAsync(cancellationToken))
        {
            var row = splitter.Row.Span;
            headerEnd = splitter.NextPosition;
            headerLines = splitter.LinesRead;
            header = !splitter.TooLong && DatasetReader.IsBlank(row, options.Format) ? null : DatasetReader.HeaderText(row, splitter);
        }

        var headEnd = Math.Min(length, headerEnd + options.HeadBytes);
        long headRows = 0;
        long rows = 0;
        long stride = 0;
        List<long> cuts = [headerEnd];
        List<long> headCuts = [];
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            rows += splitter.TooLong || !DatasetReader.IsBlank(splitter.Row.Span, options.Format) ? 1 : 0;
            CheckQuotes(splitter);
            if (!splitter.MayEndRange)
            {
                headRows += stride == 0 ? 1 : 0;
                continue;
            }

            if (stride == 0)
            {
                // Cuts in the head wait for the stride, which is known at its end.
                headCuts.Add(splitter.NextPosition);
                headRows++;
                if (splitter.NextPosition < headEnd)
                {
                    continue;
                }

                var meanRow = Math.Max(1, (double)(splitter.NextPosition - headerEnd) / headRows);
                stride = Stride((long)Math.Ceiling((length - headerEnd) / meanRow), meanRow, options);
                headCuts.ForEach(Cut);
                continue;
            }

            Cut(splitter.NextPosition);
        }

        if (cuts[^1] < length)
        {
            cuts.Add(length);
        }

        return new ShardPlan
        {
            Shards = ToShards(cuts),
            CsvHeader = header,
            HeaderEnd = headerEnd,
            HeaderLines = headerLines,
            EstimatedRows = rows,
            BytesRead = read.Bytes,
        };

        void Cut(long end)
        {
            if (end - cuts[^1] >= stride)
            {
                cuts.Add(end);
            }
        }
    }

    /// <exception cref="DatasetException">A quote in the row takes in the rows after it.</exception>
    private static void CheckQuotes(RowSplitter splitter)
    {
        var lines = $"lines {splitter.Line} to {splitter.LinesRead}";
        if (splitter.TakesInRows)
        {
            throw new DatasetException(
                MalformedReasons.StrayQuote,
                $"A quote opens at line {splitter.Line} and takes in {lines} as one row"
                    + (splitter.TooLong ? ", which is too long." : ", but they look like a row each.")
                    + MalformedFix.For(MalformedReasons.StrayQuote),
                splitter.Line
            );
        }

        if (splitter.Scanner.InQuotes && splitter.Scanner.LineFeeds > 0 && !splitter.IsLiteral)
        {
            throw new DatasetException(
                MalformedReasons.UnterminatedQuote,
                $"The row at line {splitter.Line} opens a quote that is never closed, and so takes in the rest of the dataset."
                    + MalformedFix.For(MalformedReasons.UnterminatedQuote),
                splitter.Line
            );
        }
    }

    private static long Stride(long rows, double meanRow, ShardPlanOptions options)
    {
        var rowsPerShard = Math.Clamp((rows + options.TargetShards - 1) / options.TargetShards, options.MinRows, options.MaxRows);

        // A shard ends with the row that crosses the stride, so it needs room for that row.
        return Math.Max(1, Math.Min((long)Math.Ceiling(rowsPerShard * meanRow), options.MaxBytes - options.MaxBytes / 4));
    }

    /// <summary>The rows that end in a JSONL dataset's beginning, or in all of it; blank lines are none.</summary>
    private static int CountRows(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        var rows = 0;
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            if ((end >= 0 || isWhole) && !DatasetReader.IsBlank(line, DatasetFormat.Jsonl))
            {
                rows++;
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return rows;
    }

    private static List<ShardRange> ToShards(IReadOnlyList<long> cuts)
    {
        List<ShardRange> shards = [];
        for (var k = 1; k < cuts.Count; k++)
        {
            // A row longer than the stride puts several cuts at its end.
            if (cuts[k] > cuts[k - 1])
            {
                shards.Add(new ShardRange(shards.Count, cuts[k - 1], cuts[k]));
            }
        }

        return shards;
    }

    private sealed class CountingRead(RangeRead read)
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int length, CancellationToken cancellationToken)
        {
            var bytes = await read(offset, length, cancellationToken);
            if (bytes.Length != length)
            {
                throw new EndOfStreamException($"Asked for {length} bytes at {offset}, got {bytes.Length}.");
            }

            Interlocked.Add(ref _bytes, length);
            return bytes;
        }
    }
}
