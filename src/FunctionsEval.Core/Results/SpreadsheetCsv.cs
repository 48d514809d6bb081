using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace FunctionsEval.Core.Results;

/// <summary>
/// A table as CSV (RFC 4180) that a spreadsheet opens: a text that it would take for a formula is led by an apostrophe
/// (<see cref="SpreadsheetText"/>).
/// </summary>
public sealed class SpreadsheetCsv : IAsyncDisposable
{
    private static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        // Left to itself it quotes the line's end that it writes, and no other: a line feed in an answer would begin a row.
        ShouldQuote = arguments => ConfigurationFunctions.ShouldQuote(arguments) || arguments.Field.AsSpan().ContainsAny('\r', '\n'),
    };

    private readonly CsvWriter _writer;

    /// <param name="output">Where the table is written; it is disposed of with this.</param>
    public SpreadsheetCsv(TextWriter output) => _writer = new CsvWriter(output, Configuration);

    /// <summary>Writes a row.</summary>
    /// <param name="fields">The fields; null for an empty one.</param>
    public async Task WriteRowAsync(params IEnumerable<string?> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var field in fields)
        {
            _writer.WriteField(field is null ? null : SpreadsheetText.Disarm(field));
        }

        await _writer.NextRecordAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
