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
        var header = await ReadHeaderAsync(splitter, cancellationToken);
        var cuts = new ShardCuts(splitter.NextPosition, length, options);
        var headerLines = splitter.LinesRead;
        long rows = 0;
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            rows += splitter.TooLong || !format.IsBlank(splitter.Row.Span) ? 1 : 0;
            CheckQuotes(splitter);
            cuts.Add(splitter.NextPosition, splitter.MayEndRange);
        }

        return new ShardPlan
        {
            Shards = ShardPlanner.ToShards(cuts.Finish()),
            CsvHeader = header,
            HeaderEnd = cuts.Start,
            HeaderLines = headerLines,
            EstimatedRows = rows,
            BytesRead = read.Bytes,
        };
    }

    /// <summary>Reads up to the end of the header: the first row that is not blank; null where there is none.</summary>
    private async Task<string?> ReadHeaderAsync(RowSplitter splitter, CancellationToken cancellationToken)
    {
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            var row = splitter.Row.Span;
            if ((splitter.TooLong || !format.IsBlank(row)) && format.HeaderText(row, splitter) is { } header)
            {
                return header;
            }
        }

        return null;
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
