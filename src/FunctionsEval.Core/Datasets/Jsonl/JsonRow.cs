using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Datasets.Jsonl;

/// <summary>Turns the bytes of a line into a JSON object, or says where they are none.</summary>
internal static class JsonRow
{
    /// <summary>How deep a row may be nested.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Parses a line into a row that lives as long as it is used.</summary>
    public static RowProblem? Parse(ReadOnlyMemory<byte> line, out JsonElement row)
    {
        var problem = Parse(line, out JsonDocument? document);
        row = document?.RootElement.Clone() ?? default;
        document?.Dispose();
        return problem;
    }

    /// <summary>Parses a line into a document that uses the line's bytes; null where there is a problem.</summary>
    public static RowProblem? Parse(ReadOnlyMemory<byte> line, out JsonDocument? document)
    {
        document = null;
        if ((CheckBytes(line.Span) ?? (line.Span.Contains((byte)'\\') ? CheckTokens(line.Span) : null)) is { } problem)
        {
            return problem;
        }

        try
        {
            document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            return CheckTokens(line.Span) ?? throw new InvalidOperationException("The two readers of JSON do not agree.");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return null;
        }

        var kind = JsonKind.Describe(document.RootElement);
        document.Dispose();
        document = null;
        return new RowProblem(MalformedReasons.NotAnObject, $"The line holds {kind}, not a JSON object.");
    }

    private static RowProblem? CheckBytes(ReadOnlySpan<byte> line)
    {
        var nul = line.IndexOf((byte)0);
        if (nul >= 0)
        {
            return new RowProblem(MalformedReasons.NulByte, "There is a NUL byte.", Utf8Text.ColumnOf(line, nul));
        }

        var invalid = Utf8Text.IndexOfInvalid(line);
        if (invalid >= 0)
        {
            return new RowProblem(MalformedReasons.InvalidUtf8, "The bytes are not UTF-8.", Utf8Text.ColumnOf(line, invalid));
        }

        return line.StartsWith(Utf8Text.Bom)
            ? new RowProblem(MalformedReasons.InvalidJson, "The line begins with a byte order mark, which only a file may. Take it out.", 1)
            : null;
    }

    /// <summary>Reads all tokens once, so that later readers of the row find only valid texts. Without an escape all are.</summary>
    private static RowProblem? CheckTokens(ReadOnlySpan<byte> line)
    {
        try
        {
            var half = JsonTokens.IndexOfHalfSurrogate(line, ReaderOptions);
            return half < 0
                ? null
                : new RowProblem(
                    MalformedReasons.InvalidEscape,
                    "A text escapes half a surrogate pair, which is no character.",
                    Utf8Text.ColumnOf(line, half)
                );
        }
        catch (JsonException e)
        {
            var column = Utf8Text.ColumnOf(line, (int)(e.BytePositionInLine ?? 0));
            return IsTooDeep(line, e)
                ? new RowProblem(MalformedReasons.TooDeep, $"The JSON is nested deeper than {MaxDepth} levels.", column)
                : new RowProblem(MalformedReasons.InvalidJson, "The line is not valid JSON.", column);
        }
    }

    /// <summary>Whether the reader gets past the place of an error when it is allowed more depth.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> line, JsonException error)
    {
        try
        {
            JsonTokens.IndexOfHalfSurrogate(line, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
            return true;
        }
        catch (JsonException e)
        {
            return e.BytePositionInLine > error.BytePositionInLine;
        }
    }
}
