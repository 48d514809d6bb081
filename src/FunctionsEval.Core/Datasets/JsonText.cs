using System.Text;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>JSON values as the texts that a sample is made of, and texts that are JSON.</summary>
internal static class JsonText
{
    /// <summary>The text of a string, number or boolean; a number as it is written.</summary>
    public static bool TryRead(JsonElement value, out string text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "",
        };
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
    }

    /// <summary>
    /// The value of a text that is JSON and nothing else; null for any other text, for one that is deeper than
    /// <see cref="CanonicalJson.MaxDepth"/>, and for one that escapes half a surrogate pair, which could be neither read nor handed on.
    /// </summary>
    public static JsonElement? Parse(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        try
        {
            if (JsonTokens.IndexOfHalfSurrogate(utf8, new JsonReaderOptions { MaxDepth = CanonicalJson.MaxDepth }) >= 0)
            {
                return null;
            }

            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
