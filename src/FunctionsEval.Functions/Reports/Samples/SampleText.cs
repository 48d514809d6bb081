using System.Buffers;
using System.Text.Json;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// Finds a text in the line of a sample without reading the whole sample: in its id, input and references, and in the texts and tool calls of
/// both answers, as <see cref="SampleFilter.Matches(SampleResult)"/> does. Letter case does not matter.
/// </summary>
internal sealed class SampleText(string text)
{
    private const int MaxOnStack = 512;

    private readonly SearchValues<string> _text = SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a line has the text.</summary>
    public bool IsIn(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound =
                reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("input"u8) ? IsInNext(ref reader)
                : reader.ValueTextEquals("references"u8) ? IsInList(ref reader)
                : reader.ValueTextEquals("candidate"u8) || reader.ValueTextEquals("baseline"u8) ? IsInAnswer(ref reader)
                : Skip(ref reader);
            if (isFound)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInAnswer(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var isFound = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isFound |=
                reader.ValueTextEquals("text"u8) ? IsInNext(ref reader)
                : reader.ValueTextEquals("toolCalls"u8) ? IsInCalls(ref reader)
                : Skip(ref reader);
        }

        return isFound;
    }

    private bool IsInCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        var isFound = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isFound |=
                    reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("arguments"u8) ? IsInNext(ref reader) : Skip(ref reader);
            }
        }

        return isFound;
    }

    private bool IsInList(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isFound = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isFound |= IsIn(ref reader);
        }

        return isFound;
    }

    private bool IsInNext(ref Utf8JsonReader reader)
    {
        reader.Read();
        return IsIn(ref reader);
    }

    private bool IsIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return false;
        }

        // Characters are no more than bytes.
        var length = reader.ValueSpan.Length;
        if (length <= MaxOnStack)
        {
            Span<char> few = stackalloc char[MaxOnStack];
            return IsIn(few[..reader.CopyString(few)]);
        }

        var buffer = ArrayPool<char>.Shared.Rent(length);
        try
        {
            return IsIn(buffer.AsSpan(0, reader.CopyString(buffer)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private bool IsIn(ReadOnlySpan<char> value) => value.ContainsAny(_text);

    private static bool Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return false;
    }
}
