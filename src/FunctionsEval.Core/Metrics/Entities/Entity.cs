using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Fields;

namespace FunctionsEval.Core.Metrics.Entities;

/// <summary>An entity: a part of a text with a label.</summary>
/// <param name="Label">The label; empty where the element has none.</param>
/// <param name="Text">The text; empty where the element has none.</param>
/// <param name="Place">Where it begins and where it has ended, in characters; null where the element does not say.</param>
internal sealed record Entity(string Label, string Text, EntityPlace? Place)
{
    private static readonly string[] LabelNames = ["label", "type", "entity"];

    /// <summary>Reads the entities of a list; none of any other value.</summary>
    /// <param name="list">A list of objects with a <c>label</c> (or <c>type</c>, <c>entity</c>), and a <c>text</c>, or <c>start</c> and
    /// <c>end</c>; an element that is no object is an entity without label and text.</param>
    public static List<Entity> ReadAll(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(ValueComparer.HasValue).Select(Read)] : [];

    private static Entity Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return new Entity("", "", null);
        }

        var label = Array.Find(LabelNames, name => element.TryGetProperty(name, out _));
        return new Entity(
            label is null ? "" : TextOf(element, label),
            TextOf(element, "text"),
            Number(element, "start") is { } start && Number(element, "end") is { } end && start <= end ? new EntityPlace(start, end) : null
        );
    }

    private static string TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && JsonText.TryRead(value, out var text) ? text : "";

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;
}

/// <summary>The characters of an entity.</summary>
/// <param name="Start">The first one.</param>
/// <param name="End">The one after the last.</param>
internal readonly record struct EntityPlace(int Start, int End)
{
    /// <summary>Whether both have a character in common.</summary>
    public bool Overlaps(EntityPlace other) => Start < other.End && other.Start < End;
}
