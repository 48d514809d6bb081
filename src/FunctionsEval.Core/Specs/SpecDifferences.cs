using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Core.Specs;

/// <summary>A field that two specs do not have alike.</summary>
/// <param name="Field">Its path: <c>prompt.system</c>.</param>
/// <param name="Left">Its value in the one, a text as it is and anything else as JSON; null where it is not written.</param>
/// <param name="Right">Its value in the other.</param>
public sealed record SpecDifference(string Field, string? Left, string? Right);

/// <summary>Finds the fields by which two canonical specs differ.</summary>
public static class SpecDifferences
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The fields that differ, in the order of the first spec, those that only the second has after them.</summary>
    /// <param name="left">A canonical spec; null for none.</param>
    /// <param name="right">Another one; null for none.</param>
    /// <exception cref="JsonException">One of them is no JSON.</exception>
    public static IReadOnlyList<SpecDifference> Find(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right)
    {
        var (one, other) = (FieldsOf(left), FieldsOf(right));
        return
        [
            .. one
                .Keys.Union(other.Keys)
                .Select(field => new SpecDifference(field, one.GetValueOrDefault(field), other.GetValueOrDefault(field)))
                .Where(difference => difference.Left != difference.Right),
        ];
    }

    private static Dictionary<string, string> FieldsOf(ReadOnlyMemory<byte>? spec)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (spec is { } text)
        {
            using var document = JsonDocument.Parse(text);
            Add(document.RootElement, "", fields);
        }

        return fields;
    }

    /// <summary>A section's fields stand by themselves; a list is one value, and null is what is not set.</summary>
    private static void Add(JsonElement element, string path, Dictionary<string, string> fields)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            fields[path] = element.ValueKind == JsonValueKind.String ? element.GetString()! : JsonSerializer.Serialize(element, Readable);
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", fields);
        }
    }
}
