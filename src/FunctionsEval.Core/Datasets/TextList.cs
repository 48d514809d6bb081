using System.Text;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Lists that are written as a text, as sets of Hugging Face have them.</summary>
internal static class TextList
{
    /// <summary>The list whose JSON a text is; null for any other text, and for one that escapes half a surrogate pair.</summary>
    /// <param name="text">A string.</param>
    public static JsonElement? Parse(JsonElement text)
    {
        if (!text.GetString()!.AsSpan().TrimStart().StartsWith("["))
        {
            return null;
        }

        try
        {
            // What cannot be read as text cannot be sent either.
            var json = Encoding.UTF8.GetBytes(text.GetString()!);
            if (JsonTokens.IndexOfHalfSurrogate(json, default) >= 0)
            {
                return null;
            }

            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The list that a value is, or whose JSON it is; the value itself where it is neither.</summary>
    public static JsonElement ParseOrSame(JsonElement value) => value.ValueKind == JsonValueKind.String ? Parse(value) ?? value : value;
}
