using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Reads rows of text.</summary>
/// <param name="format">The format.</param>
/// <param name="options">How the range is read.</param>
internal sealed class TextRowReader(TextFormat format, DatasetReadOptions options) : DatasetReader
{
    public override async IAsyncEnumerable<DatasetRow> ReadAsync(
        Stream range,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(range);
        LinesRead = 0;
        var scanner = format.CreateScanner(options.CsvHeader);
        var splitter = new RowSplitter(range, scanner, options.MaxRowBytes, options.StartOffset == 0);
        var parser = format.CreateParser(options);
        var samples = parser is null ? null : new SampleReader(options, parser.Columns);
        var ordinal = 0;
        while (await splitter.MoveNextAsync(cancellationToken))
        {
            LinesRead = splitter.LinesRead;
            var row = splitter.Row;
            if (!splitter.TooLong && format.IsBlank(row.Span))
            {
                continue;
            }

            if (parser is null || samples is null)
            {
                parser = format.ReadHeader(row, splitter, options);
                samples = new SampleReader(options, parser.Columns);
                continue;
            }

            var offset = options.StartOffset + splitter.Position;
            JsonElement fields = default;
            var problem =
                splitter.TooLong ? new RowProblem(MalformedReasons.LineTooLong, $"The row is longer than {options.MaxRowBytes} bytes.")
                : splitter.TakesInRows
                    ? new RowProblem(
                        MalformedReasons.StrayQuote,
                        "A quote that is not doubled opens a field that takes in lines which look like rows of their own."
                    )
                : parser.Parse(row, splitter, out fields);
            var line = splitter.Line;
            foreach (var reading in problem is null ? samples.ReadAll(fields, offset) : [new SampleReading(null, problem)])
            {
                yield return RowOf(reading, line, offset, ordinal);
                ordinal++;
            }
        }
    }

    private static DatasetRow RowOf(SampleReading reading, int line, long offset, int ordinal) =>
        reading.Problem is { } problem
            ? new MalformedRow(problem.Reason, problem.Message, problem.Column, reading.Turn)
            {
                Line = line,
                Offset = offset,
                Ordinal = ordinal,
            }
            : new ValidRow(reading.Sample!)
            {
                Line = line,
                Offset = offset,
                Ordinal = ordinal,
            };
}
