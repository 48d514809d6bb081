using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Extraction;

/// <summary>A row whose reference is one JSON object or list, as a value or as a text.</summary>
internal sealed class JsonShape : SampleShape
{
    /// <summary>An object or a list is the reference, unless it is a turn of the model that has it, or a list that ends with one.</summary>
    /// <inheritdoc/>
    internal override ReferenceTurn? ReadValue(string name, JsonElement value)
    {
        // A run's own lines, and some datasets, have the text of the reference in a list of one.
        var inner = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 ? value[value.GetArrayLength() - 1] : value;
        return value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) || IsAnswer(inner) ? null
            : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && IsTextOfJson(inner)
                ? new ReferenceTurn(name) { Texts = [inner.GetString()!] }
            : new ReferenceTurn(name) { Texts = [value.GetRawText()] };
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

    private static bool IsAnswer(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("role", out var role)
        && role.ValueKind == JsonValueKind.String
        && role.ValueEquals("assistant")
        && value.TryGetProperty("content", out _);

    private static bool IsTextOfJson(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.AsSpan().TrimStart() is ['{' or '[', ..];

    private static RowProblem NotJson(string name) =>
        new(
            MalformedReasons.ReferenceNotJson,
            $"The reference in {name} is not one JSON object or list with no member twice, at most {CanonicalJson.MaxDepth} deep."
        );
}
