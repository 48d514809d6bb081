using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets.Csv;

/// <summary>Turns the bytes of a CSV row into fields by the names in the header.</summary>
internal sealed class CsvRows : RowParser
{
    private const int MaxNamesShown = 20;
    private const int MaxNameShown = 40;

    private readonly string[] _names;
    private readonly string _header;
    private readonly byte _delimiter;
    private readonly int _reference;
    private readonly IReadOnlySet<string> _labels;
    private readonly CsvConfiguration _configuration;

    /// <exception cref="DatasetException">The header cannot be read, names a column twice, or lacks one that is needed.</exception>
    public CsvRows(string header, int headerLine, char delimiter, DatasetReadOptions options)
    {
        _delimiter = (byte)delimiter;
        _configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            HasHeaderRecord = false,
            BadDataFound = null,
            IgnoreBlankLines = false,
            BufferSize = 1024,
            ProcessFieldBufferSize = 256,
        };
        var names = ParseFields(header.TrimEnd('\r', '\n'));
        if (names is null)
        {
            throw new DatasetException(
                DatasetProblems.BadHeader,
                "The header has a carriage return in it. End lines with LF or CRLF, for example with `tr '\\r' '\\n'`.",
                headerLine
            );
        }

        _header = header;
        _names = [.. names.Select(name => name.Trim().Trim('\uFEFF'))];
        var twice = Array.FindIndex(_names, name => name.Length > 0 && Array.IndexOf(_names, name) != Array.LastIndexOf(_names, name));
        if (twice >= 0)
        {
            throw new DatasetException(
                DatasetProblems.DuplicateColumn,
                $"The header names the column {Shown(_names[twice])} twice. Rename one.",
                headerLine,
                twice + 1
            );
        }

        Columns = FindColumns(options, headerLine);
        _reference = Array.IndexOf(_names, Columns.Reference?.Name);
        _labels = options.Shape.Labels;
    }

    /// <summary>The actual names of the columns. Every required column exists.</summary>
    public override ColumnSpec Columns { get; }

    /// <summary>The row as a JSON object of texts, in the header's order.</summary>
    public override RowProblem? Parse(ReadOnlyMemory<byte> row, RowSplitter splitter, out JsonElement fields) =>
        Parse(row.Span, splitter, out fields);

    private RowProblem? Parse(ReadOnlySpan<byte> row, RowSplitter splitter, out JsonElement fields)
    {
        fields = default;
        var nul = row.IndexOf((byte)0);
        if (nul >= 0)
        {
            return new RowProblem(MalformedReasons.NulByte, "There is a NUL byte.", FieldAt(row, nul));
        }

        var invalid = Utf8Text.IndexOfInvalid(row);
        if (invalid >= 0)
        {
            return new RowProblem(MalformedReasons.InvalidUtf8, "The bytes are not UTF-8.", FieldAt(row, invalid));
        }

        var scanner = splitter.Scanner;
        if (scanner.InQuotes && !splitter.IsLiteral)
        {
            return new RowProblem(MalformedReasons.UnterminatedQuote, "A quoted field is never closed.", FieldAt(row, row.Length));
        }

        if (scanner.BadQuotesField > 0)
        {
            return new RowProblem(MalformedReasons.BadQuotes, "A field has text after its closing quote.", scanner.BadQuotesField);
        }

        var text = Encoding.UTF8.GetString(row);
        if (scanner.LineFeeds > 0 && HasLabelOnEveryLine(text))
        {
            return new RowProblem(
                MalformedReasons.StrayQuote,
                "A quote opens a field that takes in lines which end each in a label of their own."
            );
        }

        var values =
            !splitter.IsLiteral ? ParseFields(text)
            : text.Contains('\r', StringComparison.Ordinal) ? null
            : text.Split((char)_delimiter);
        if (values is null)
        {
            return new RowProblem(MalformedReasons.StrayCarriageReturn, "There is a carriage return outside quotes.");
        }

        if (values.Length != _names.Length)
        {
            return new RowProblem(
                MalformedReasons.FieldCount,
                $"The row has {Count(values.Length)}, the header has {_names.Length}.",
                Math.Min(values.Length, _names.Length) + 1
            );
        }

        fields = ToObject(values);
        return null;
    }

    /// <summary>Whether each of the row's lines would be a row with one of the spec's labels.</summary>
    private bool HasLabelOnEveryLine(string row) =>
        _labels.Count > 0
        && row.Contains('\n', StringComparison.Ordinal)
        && row.Split('\n')
            .Select(line => line.Trim('\r').Split((char)_delimiter))
            .All(fields => fields.Length == _names.Length && _labels.Contains(fields[_reference].Trim()));

    private JsonElement ToObject(string[] values)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            for (var i = 0; i < values.Length; i++)
            {
                if (_names[i].Length > 0)
                {
                    writer.WriteString(_names[i], values[i]);
                }
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }

    /// <summary>The fields of one row; null when the text is not exactly one row.</summary>
    private string[]? ParseFields(string row)
    {
        using var reader = new StringReader(row);
        using var parser = new CsvParser(reader, _configuration);
        if (!parser.Read())
        {
            return null;
        }

        var fields = parser.Record!;
        return parser.Read() ? null : fields;
    }

    private int FieldAt(ReadOnlySpan<byte> row, int index)
    {
        var scanner = new CsvScanner(_delimiter);
        scanner.Start();
        scanner.FindEnd(row[..index]);
        return scanner.Field;
    }

    private ColumnSpec FindColumns(DatasetReadOptions options, int line)
    {
        var wanted = options.Columns;
        var reference = FindReference(wanted.Reference, options, line);
        var needsInput =
            options.RequireInput && options.Shape.HasInput && !_names.Contains("instruction", StringComparer.OrdinalIgnoreCase);
        var input = Find("input", wanted.Input, InputReader.Names, needsInput, line, needsInput ? UsualFields.FindInput : null);
        var id = Find("id", wanted.Id, ["id"], false, line);
        foreach (var tag in wanted.Tags)
        {
            Find("tags", tag, [], true, line);
        }

        return wanted with
        {
            Reference = reference,
            Input = input,
            Id = id,
        };
    }

    private ReferenceColumns? FindReference(ReferenceColumns? wanted, DatasetReadOptions options, int line)
    {
        if (wanted is not { Fields: { } members })
        {
            return Find("reference", wanted?.Name, options.Shape.ReferenceNames, options.RequireReference, line, UsualFields.FindReference);
        }

        foreach (var (_, column) in members)
        {
            Find("reference", column, [], true, line);
        }

        return wanted;
    }

    /// <summary>
    /// The column that the spec names, exactly; else the first of the usual names, in any letter case; else what a last look finds.
    /// </summary>
    private string? Find(
        string part,
        string? named,
        IReadOnlyList<string> usual,
        bool required,
        int line,
        Func<Func<string, bool>, string?>? last = null
    )
    {
        if (named is not null)
        {
            return Array.IndexOf(_names, named) >= 0 ? named : throw Missing(part, named, line);
        }

        if (usual.Select(Column).FirstOrDefault(column => column is not null) is { } found)
        {
            return found;
        }

        return last?.Invoke(name => Column(name) is not null) is { } only ? Column(only)
            : required ? throw Missing(part, string.Join(", ", usual), line)
            : null;
    }

    /// <summary>The column of a name, in any letter case; null for none.</summary>
    private string? Column(string name) => Array.Find(_names, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));

    private DatasetException Missing(string part, string names, int line)
    {
        if (CsvDelimiter.Advice(_header, (char)_delimiter) is { } advice)
        {
            return new DatasetException(DatasetProblems.Delimiter, advice, line);
        }

        var found = string.Join(", ", _names.Take(MaxNamesShown).Select(Shown)) + (_names.Length > MaxNamesShown ? ", …" : "");
        return new DatasetException(
            DatasetProblems.MissingColumn,
            $"The header has no column for `columns.{part}` (looked for {names}). It has: {found}. "
                + $"Name the column in the spec's `columns.{part}`, or add the header if the first row is data.",
            line
        );
    }

    private static string Shown(string name) => name.Length <= MaxNameShown ? name : name[..MaxNameShown] + "…";

    private static string Count(int fields) => fields == 1 ? "1 field" : $"{fields} fields";
}
