using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Extraction;

/// <summary>A row whose reference is one JSON object or list, as a value or as a text.</summary>
internal sealed class JsonShape : SampleShape
{
    internal override RowProblem? ReadReference(RowFields fields, string name, JsonElement value, out IReadOnlyList<string> references)
    {
        // A run's own lines, and some datasets, have the text of the reference in a list of one.
        var inner = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value;
        references =
            IsTextOfJson(inner) ? [inner.GetString()!]
            : value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? [value.GetRawText()]
            : [];
        return references.Count > 0 ? null : NotJson(name);
    }

    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (!CanonicalJson.TryRead(references[0], out var canonical) || canonical[0] is not ('{' or '['))
        {
            return NotJson(name);
        }

        references = [canonical];
        return null;
    }

    private static bool IsTextOfJson(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.AsSpan().TrimStart() is ['{' or '[', ..];

    private static RowProblem NotJson(string name) =>
        new(
            MalformedReasons.ReferenceNotJson,
            $"The reference in {name} is not one JSON object or list with no member twice, at most {CanonicalJson.MaxDepth} deep."
        );
}
