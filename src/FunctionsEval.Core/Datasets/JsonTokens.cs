using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Checks JSON before texts are taken from it.</summary>
internal static class JsonTokens
{
    /// <summary>
    /// Reads all tokens; returns where the first text starts that escapes half a surrogate pair (and would throw when read), or -1.
    /// </summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static int IndexOfHalfSurrogate(ReadOnlySpan<byte> json, JsonReaderOptions options)
    {
        var index = -1;
        var reader = new Utf8JsonReader(json, options);
        while (reader.Read())
        {
            if (
                index < 0
                && reader.ValueIsEscaped
                && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                && !HasText(ref reader)
            )
            {
                index = (int)reader.TokenStartIndex;
            }
        }

        return index;
    }

    /// <summary>Returns where a name starts that its object has before, or -1.</summary>
    /// <param name="json">JSON in UTF-8 whose names can be read (see <see cref="IndexOfHalfSurrogate"/>).</param>
    /// <param name="options">How it is read.</param>
    /// <param name="name">The name; empty for none.</param>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static int IndexOfRepeatedName(ReadOnlySpan<byte> json, JsonReaderOptions options, out string name)
    {
        var objects = new Stack<HashSet<string>>();
        var reader = new Utf8JsonReader(json, options);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    objects.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    objects.Pop();
                    break;
                case JsonTokenType.PropertyName when !objects.Peek().Add(reader.GetString()!):
                    name = reader.GetString()!;
                    return (int)reader.TokenStartIndex;
            }
        }

        name = "";
        return -1;
    }

    private static bool HasText(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
