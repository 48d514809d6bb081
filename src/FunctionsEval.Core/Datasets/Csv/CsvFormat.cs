using System.Text;
using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>Rows of fields with a header, quoted as in RFC 4180.</summary>
public sealed class CsvFormat : TextFormat
{
    /// <summary>Comma-separated values.</summary>
    public static readonly CsvFormat Csv = new(1, "CSV", ".csv", ',');

    /// <summary>Tab-separated values; quoting as in CSV.</summary>
    public static readonly CsvFormat Tsv = new(2, "TSV", ".tsv", '\t');

    private readonly char _delimiter;

    private CsvFormat(int code, string name, string extension, char delimiter)
    {
        Code = code;
        Name = name;
        Extensions = [extension];
        _delimiter = delimiter;
    }

    /// <inheritdoc/>
    public override int Code { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; }

    /// <inheritdoc/>
    public override bool HasNestedValues => false;

    internal override bool HasHeader => true;

    internal override RowScanner CreateScanner(string? header = null) => new CsvScanner((byte)_delimiter, header);

    internal override RowParser? CreateParser(DatasetReadOptions options) =>
        options.CsvHeader is { } header ? new CsvRows(header, 1, _delimiter, options) : null;

    internal override RowParser ReadHeader(ReadOnlyMemory<byte> row, RowSplitter splitter, DatasetReadOptions options) =>
        new CsvRows(HeaderText(row.Span, splitter), splitter.Line, _delimiter, options);

    internal override Task<ShardPlan> PlanAsync(
        CountingRead read,
        long length,
        ShardPlanOptions options,
        CancellationToken cancellationToken
    ) => new CsvPlanner(this).PlanAsync(read, length, options, cancellationToken);

    /// <summary>The text of a header row.</summary>
    /// <summary>What to do about a header that another delimiter divides into more columns; null for one that is as it should be.</summary>
    /// <exception cref="DatasetException">The row cannot be a header.</exception>
    internal string? AdviceOnDelimiter(ReadOnlySpan<byte> row, RowSplitter splitter) =>
        CsvDelimiter.Advice(HeaderText(row, splitter), _delimiter);

    /// <exception cref="DatasetException">The row cannot be a header.</exception>
    internal string HeaderText(ReadOnlySpan<byte> row, RowSplitter splitter)
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

        throw CsvDelimiter.Advice(text.Split('\n')[0], _delimiter) is { } advice
            ? new DatasetException(DatasetProblems.Delimiter, advice, splitter.Line)
            : new DatasetException(
                DatasetProblems.BadHeader,
                "The header is not one row of column names; check its quotes.",
                splitter.Line
            );
    }
}
