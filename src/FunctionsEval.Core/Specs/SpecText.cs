using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Specs;

/// <summary>The text of a spec: JSON with comments and trailing commas, or YAML by its name, in UTF-8.</summary>
internal static class SpecText
{
    /// <summary>Parses the text of a spec.</summary>
    /// <param name="utf8Json">The text in UTF-8; a byte order mark is skipped.</param>
    /// <param name="file">Name of the spec.</param>
    /// <param name="maxBytes">Bytes that it may have.</param>
    /// <exception cref="SpecException">It is too large, or no JSON or YAML.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> utf8Json, string file, int maxBytes)
    {
        if (utf8Json.Length > maxBytes)
        {
            throw new SpecException(file, "$", $"is larger than {maxBytes} bytes.");
        }

        if (utf8Json.StartsWith(Utf8Text.Bom))
        {
            utf8Json = utf8Json[Utf8Text.Bom.Length..];
        }

        if (Utf8Text.IndexOfInvalid(utf8Json) >= 0)
        {
            throw new SpecException(file, "$", "is not UTF-8; save it as UTF-8.");
        }

        if (YamlSpec.IsYaml(file))
        {
            utf8Json = YamlSpec.ToJson(utf8Json, file);
        }

        try
        {
            var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            if (JsonTokens.IndexOfHalfSurrogate(utf8Json, options) is >= 0 and var half)
            {
                throw new SpecException(
                    file,
                    "$",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"line {utf8Json[..half].Count((byte)'\n') + 1}: a text or name escapes half a surrogate pair (\\ud800 to \\udfff), which is no character."
                    )
                );
            }

            return JsonDocument.Parse(
                utf8Json.ToArray(),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
        }
        catch (JsonException e)
        {
            throw new SpecException(
                file,
                "$",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."
                )
            );
        }
    }
}
