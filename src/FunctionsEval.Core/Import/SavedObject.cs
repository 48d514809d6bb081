using System.Text.Json;

namespace FunctionsEval.Core.Import;

/// <summary>An object that an API returned. A member that is null, or of another type than asked for, counts as absent.</summary>
/// <param name="element">The object.</param>
internal sealed class SavedObject(JsonElement element)
{
    /// <summary>An object without members.</summary>
    public static SavedObject Empty { get; } = new(JsonSerializer.SerializeToElement(new object()));

    /// <summary>Names of the members that are there.</summary>
    public IEnumerable<string> Names =>
        element
            .EnumerateObject()
            .Where(member => member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => member.Name)
            .Distinct(StringComparer.Ordinal);

    /// <summary>The object itself.</summary>
    public JsonElement Element => element;

    /// <summary>An element as an object; null when it is none.</summary>
    public static SavedObject? From(JsonElement element) => element.ValueKind == JsonValueKind.Object ? new SavedObject(element) : null;

    /// <summary>A member of any type; null for none.</summary>
    public JsonElement? Find(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A member that is a text.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member that is a number within what a double holds.</summary>
    public double? Number(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : null;

    /// <summary>A member that is an object; one without members for none.</summary>
    public SavedObject Object(string name) => Find(name) is { } value ? From(value) ?? Empty : Empty;

    /// <summary>A member that is a list; an empty one for none.</summary>
    public IReadOnlyList<JsonElement> List(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : [];

    /// <summary>The texts of a member that is a list of them.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        [.. List(name).Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)];
}
