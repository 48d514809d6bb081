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
