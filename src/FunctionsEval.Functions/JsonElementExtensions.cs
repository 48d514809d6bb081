using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions;

/// <summary>Reads JSON in which any value may be missing or of the wrong kind.</summary>
internal static partial class JsonElementExtensions
{
    /// <summary>A property's value; null when there is none, it is JSON's null, or this is no object.</summary>
    public static JsonElement? Get(this JsonElement element, string property) =>
        element.ValueKind == JsonValueKind.Object && Find(element, property) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>An array's first item; null when there is none or this is no array.</summary>
    public static JsonElement? First(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0] : null;

    /// <summary>
    /// A string's text; null when this is no string. Half a surrogate pair (an answer cut in the middle of a character) becomes U+FFFD.
    /// </summary>
    public static string? GetText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return Escape()
                .Replace(
                    element.GetRawText()[1..^1],
                    match => Unescape(match.Value) is [var unit] && char.IsSurrogate(unit) ? "\uFFFD" : Unescape(match.Value)
                );
        }
    }

    /// <summary>A property's name; null when it is not valid Unicode.</summary>
    public static string? GetName(this JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A number, whole or not; null when this is not a finite number. A text is never a number.</summary>
    public static double? GetFinite(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A count, as a number or as text; 0 when this is no non-negative whole number.</summary>
    public static int GetCount(this JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Number when element.TryGetDouble(out var count) && count is > 0 and <= int.MaxValue && double.IsInteger(count) =>
                (int)count,
            JsonValueKind.String when int.TryParse(element.GetText(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) =>
                count,
            _ => 0,
        };

    // A name beside it that is not valid Unicode keeps the framework from finding any.
    private static JsonElement? Find(JsonElement element, string property)
    {
        try
        {
            return element.TryGetProperty(property, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return element
                .EnumerateObject()
                .Where(other => other.GetName() == property)
                .Select(other => (JsonElement?)other.Value)
                .LastOrDefault();
        }
    }

    private static string Unescape(string escaped) =>
        escaped[1] switch
        {
            'u' => string.Concat(
                escaped
                    .Split("\\u", StringSplitOptions.RemoveEmptyEntries)
                    .Select(unit => (char)ushort.Parse(unit, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            ),
            'b' => "\b",
            'f' => "\f",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            var itself => itself.ToString(),
        };

    /// <summary>An escape of JSON: a pair of surrogates, or one of anything.</summary>
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^u]")]
    private static partial Regex Escape();
}
