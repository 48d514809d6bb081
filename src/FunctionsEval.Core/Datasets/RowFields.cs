using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Looks up fields of a row. A field that is null counts as absent.</summary>
internal readonly struct RowFields
{
    private readonly JsonElement _row;
    private readonly JsonElement _item;
    private readonly bool _emptyIsMissing;

    public RowFields(JsonElement row, bool emptyIsMissing)
    {
        _row = row;
        _item = TryGetItem(row, out var item) ? item : default;
        _emptyIsMissing = emptyIsMissing;
    }

    /// <summary>The object in <c>item</c>, which holds the fields of a row in the shape of OpenAI Evals.</summary>
    public static bool TryGetItem(JsonElement row, out JsonElement item)
    {
        item = default;
        return row.ValueKind == JsonValueKind.Object && row.TryGetProperty("item", out item) && item.ValueKind == JsonValueKind.Object;
    }

    /// <summary>Finds a field by its name, or by a path of names joined with dots, first in the item and then in the row.</summary>
    public bool TryFind(string name, out JsonElement value) => TryFindIn(_item, name, out value) || TryFindIn(_row, name, out value);

    /// <summary>Whether the item or the row has a field of this name, whatever its value.</summary>
    public bool Has(string name) => TryGet(_item, name, out _) || TryGet(_row, name, out _);

    public bool TryFindFirst(IReadOnlyList<string> names, out string name, out JsonElement value)
    {
        foreach (var candidate in names)
        {
            if (TryFind(candidate, out value))
            {
                name = candidate;
                return true;
            }
        }

        name = names[0];
        value = default;
        return false;
    }

    private bool TryFindIn(JsonElement scope, string name, out JsonElement value)
    {
        value = default;
        if (scope.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (TryGet(scope, name, out value))
        {
            return value.ValueKind != JsonValueKind.Null
                && !(_emptyIsMissing && value.ValueKind == JsonValueKind.String && value.ValueEquals(""));
        }

        var dot = name.IndexOf('.');
        return dot > 0 && scope.TryGetProperty(name[..dot], out var inner) && TryFindIn(inner, name[(dot + 1)..], out value);
    }

    /// <summary>Finds a field by its name; of CSV in any letter case where none has the name as it is.</summary>
    private bool TryGet(JsonElement scope, string name, out JsonElement value)
    {
        value = default;
        if (scope.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (scope.TryGetProperty(name, out value) || !_emptyIsMissing)
        {
            return value.ValueKind != JsonValueKind.Undefined;
        }

        value = scope.EnumerateObject().FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return value.ValueKind != JsonValueKind.Undefined;
    }
}
