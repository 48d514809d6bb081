using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Text;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Drafts;

/// <summary>The first rows of a dataset as JSON objects, before anything is known of what they mean.</summary>
public static class RawRows
{
    /// <summary>Rows that are looked at.</summary>
    public const int MaxRows = 2_000;

    /// <summary>Bytes of text that are looked at, about.</summary>
    private const long MaxBytes = 32L << 20;

    /// <summary>Reads the first rows; those that are not even fields are left out.</summary>
    /// <param name="text">The dataset's text, from its beginning.</param>
    /// <param name="format">How the rows are written.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DatasetException">The header of a CSV dataset cannot be used.</exception>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(
        Stream text,
        DatasetFormat format,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(text);
        var rows = (TextFormat)format;
        var options = new EvaluationSpec { Task = TaskCatalog.Get("generation"), Model = "" }.ReadOptions(format) with
        {
            RequireInput = false,
            RequireReference = false,
        };
        var splitter = new RowSplitter(text, rows.CreateScanner(), DatasetReadOptions.DefaultMaxRowBytes, isBeginning: true);
        var parser = rows.CreateParser(options);
        List<JsonElement> read = [];
        while (read.Count < MaxRows && splitter.NextPosition < MaxBytes && await splitter.MoveNextAsync(cancellationToken))
        {
            if (splitter.TooLong || splitter.TakesInRows || rows.IsBlank(splitter.Row.Span))
            {
                continue;
            }

            if (parser is null)
            {
                if ((format as CsvFormat)?.AdviceOnDelimiter(splitter.Row.Span, splitter) is { } advice)
                {
                    throw new DatasetException(DatasetProblems.Delimiter, advice, splitter.Line);
                }

                parser = rows.ReadHeader(splitter.Row, splitter, options);
            }
            else if (parser.Parse(splitter.Row, splitter, out var fields) is null)
            {
                // The parser may keep no copy of the row's bytes.
                read.Add(fields.Clone());
            }
        }

        return read;
    }
}
