using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Lists that are written as a text, as sets of Hugging Face have them.</summary>
internal static class TextList
{
    /// <summary>The list whose JSON a text is; null for any other text, and for one that escapes half a surrogate pair.</summary>
    /// <param name="text">A string.</param>
    public static JsonElement? Parse(JsonElement text) =>
        text.GetString()!.AsSpan().TrimStart().StartsWith("[") ? JsonText.Parse(text.GetString()!) : null;

    /// <summary>The list that a value is, or whose JSON it is; the value itself where it is neither.</summary>
    public static JsonElement ParseOrSame(JsonElement value) => value.ValueKind == JsonValueKind.String ? Parse(value) ?? value : value;
}
