using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>
/// Cuts CSV into shards. A line feed may be inside quotes, and only a pass from the beginning can tell. The pass reads every byte once and
/// holds one piece at a time.
/// </summary>
/// <param name="format">What divides fields.</param>
internal sealed class CsvPlanner(CsvFormat format)
{
    private const int Piece = 1024 * 1024;

    public async Task<ShardPlan> PlanAsync(CountingRead read, long length, ShardPlanOptions options, CancellationToken cancellationToken)
    {
        await using var stream = new RangeStream(read.ReadAsync, length, Piece);
        var splitter = new RowSplitter(stream, format.CreateScanner(), DatasetReadOptions.DefaultMaxRowBytes, isBeginning: true);
        string? header = null;
        long headerEnd = 0;
        var headerLines = 0;
        while (header is null && await splitter.MoveNextAsync(cancellationToken))
        {
            var row = splitter.Row.Span;
            headerEnd = splitter.NextPosition;
            headerLines = splitter.LinesRead;
            header = !splitter.TooLong && format.IsBlank(row) ? null : format.HeaderText(row, splitter);
        }

        var headEnd = Math.Min(length, headerEnd + options.HeadBytes);
        long headRows = 0;
        long rows = 0;
        long stride = 0;
        List<long> cuts = [headerEnd];
        List<long> headCuts = [];
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            rows += splitter.TooLong || !format.IsBlank(splitter.Row.Span) ? 1 : 0;
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
                stride = ShardPlanner.Stride((long)Math.Ceiling((length - headerEnd) / meanRow), meanRow, options);
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
            Shards = ShardPlanner.ToShards(cuts),
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
}
