using System.Text.Json;

namespace FunctionsEval.Functions.Models;

/// <summary>Reading JSON in which anything may be missing or of another kind than it should be.</summary>
internal static class JsonElementExtensions
{
    /// <summary>A property's value; null when there is none, it is JSON's null, or this is no object.</summary>
    public static JsonElement? Get(this JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(property, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An array's first item; null when there is none or this is no array.</summary>
    public static JsonElement? First(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0] : null;

    /// <summary>A string's text; null when this is no string.</summary>
    /// <exception cref="JsonException">The string is not valid Unicode.</exception>
    public static string? GetText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair: an answer cut in the middle of a character.
            throw new JsonException("A string is not valid Unicode.", e);
        }
    }

    /// <summary>A count; 0 when this is no non-negative whole number.</summary>
    public static int GetCount(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int count) && count > 0 ? count : 0;
}
