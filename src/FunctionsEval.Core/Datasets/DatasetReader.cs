using System.Runtime.CompilerServices;
using System.Text;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Reads the rows of a byte range of a dataset, streaming: one row at a time is in memory, and at most
/// <see cref="DatasetReadOptions.MaxRowBytes"/> of it. A reader serves one enumeration at a time.
/// </summary>
/// <param name="options">How the range is read.</param>
public sealed class DatasetReader(DatasetReadOptions options)
{
    /// <summary>A shard is read at once, unless it is that long for a row that is too long to be held.</summary>
    private const int PieceBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Physical lines of the range, blank ones and a header included, as far as it has been read; all of them once the enumeration has
    /// ended.
    /// </summary>
    public int LinesRead { get; private set; }

    /// <summary>Reads a range that starts at a row's start and ends at a row's end.</summary>
    /// <param name="range">The range's bytes; not disposed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The rows in their order, good and bad; blank lines are skipped.</returns>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be used.</exception>
    public async IAsyncEnumerable<DatasetRow> ReadAsync(
        Stream range,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(range);
        LinesRead = 0;
        var splitter = new RowSplitter(
            range,
            RowScanner.For(options.Format, options.CsvHeader),
            options.MaxRowBytes,
            options.StartOffset == 0
        );
        var isCsv = options.Format != DatasetFormat.Jsonl;
        var csv = isCsv && options.CsvHeader is { } header ? new CsvRows(header, 1, options) : null;
        var samples = csv is null && isCsv ? null : new SampleReader(options, csv?.Columns ?? options.Columns, isCsv);
        var ordinal = 0;
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            LinesRead = splitter.LinesRead;
            var row = splitter.Row;
            if (!splitter.TooLong && IsBlank(row.Span, options.Format))
            {
                continue;
            }

            if (samples is null)
            {
                csv = new CsvRows(HeaderText(row.Span, splitter), splitter.Line, options);
                samples = new SampleReader(options, csv.Columns, emptyIsMissing: true);
                continue;
            }

            var offset = options.StartOffset + splitter.Position;
            Sample? sample = null;
            var problem =
                splitter.TooLong ? new RowProblem(MalformedReasons.LineTooLong, $"The row is longer than {options.MaxRowBytes} bytes.")
                : splitter.TakesInRows
                    ? new RowProblem(
                        MalformedReasons.StrayQuote,
                        "A quote that is not doubled opens a field that takes in lines which look like rows of their own."
                    )
                : ReadRow(row, splitter, csv, samples, offset, out sample);
            yield return problem is null
                ? new ValidRow(sample!)
                {
                    Line = splitter.Line,
                    Offset = offset,
                    Ordinal = ordinal,
                }
                : new MalformedRow(problem.Reason, problem.Message, problem.Column)
                {
                    Line = splitter.Line,
                    Offset = offset,
                    Ordinal = ordinal,
                };
            ordinal++;
        }
    }

    /// <summary>Reads a range that starts at a row's start and ends at a row's end, a piece of it at a time.</summary>
    /// <param name="read">Reads bytes of the range; offsets are from its start.</param>
    /// <param name="length">Bytes of the range.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The rows in their order, good and bad; blank lines are skipped.</returns>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be used.</exception>
    public async IAsyncEnumerable<DatasetRow> ReadAsync(
        RangeRead read,
        long length,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        await using var stream = new RangeStream(read, length, PieceBytes);
        await foreach (var row in ReadAsync(stream, cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>Whether a row holds nothing: white space only, where that cannot be a value.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> row, DatasetFormat format) =>
        row.IndexOfAnyExcept(" \r"u8) < 0 || (format == DatasetFormat.Jsonl && row.IndexOfAnyExcept(" \t\r"u8) < 0);

    /// <summary>The text of a CSV header row.</summary>
    /// <exception cref="DatasetException">The row cannot be a header.</exception>
    internal static string HeaderText(ReadOnlySpan<byte> row, RowSplitter splitter)
    {
        if (!splitter.TooLong && Utf8Text.IndexOfInvalid(row) >= 0)
        {
            throw new DatasetException(DatasetProblems.Encoding, "The header is not UTF-8." + LegacyEncoding.Advice(row), splitter.Line);
        }

        var isText = !splitter.TooLong && !row.Contains((byte)0);
        var text = isText ? Encoding.UTF8.GetString(row) : "";
        if (isText && !splitter.Scanner.InQuotes && splitter.Scanner.BadQuotesField == 0)
        {
            return text;
        }

        throw splitter.Scanner is CsvScanner csv && CsvDelimiter.Advice(text.Split('\n')[0], (char)csv.Delimiter) is { } advice
            ? new DatasetException(DatasetProblems.Delimiter, advice, splitter.Line)
            : new DatasetException(
                DatasetProblems.BadHeader,
                "The header is not one row of column names; check its quotes.",
                splitter.Line
            );
    }

    private static RowProblem? ReadRow(
        ReadOnlyMemory<byte> row,
        RowSplitter splitter,
        CsvRows? csv,
        SampleReader samples,
        long offset,
        out Sample? sample
    )
    {
        sample = null;
        var problem = csv is null ? JsonRow.Parse(row, out var fields) : csv.Parse(row.Span, splitter, out fields);
        return problem ?? samples.Read(fields, offset, out sample);
    }
}
