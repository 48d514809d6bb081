using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Import;

/// <summary>
/// The fields of an eval's items: from <c>item_schema</c>, as an eval is created with it, or <c>schema.properties.item</c>, as the API
/// returns it; else from the rows.
/// </summary>
internal sealed class ItemSchema
{
    /// <summary>Steps from one schema to the next that are followed: a schema may refer to itself.</summary>
    private const int MaxSteps = 8;

    private readonly SavedObject _root;
    private readonly SavedObject _properties;

    private ItemSchema(SavedObject root, SavedObject properties, IReadOnlyList<string> names)
    {
        _root = root;
        _properties = properties;
        Names = names;
    }

    /// <summary>Names of the fields.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the fields.</summary>
    /// <param name="config">The eval's <c>data_source_config</c>.</param>
    /// <param name="rows">Rows, for a config that names no field.</param>
    public static ItemSchema Read(SavedObject config, IReadOnlyList<SavedObject> rows)
    {
        // openai-python spells the member schema_ where aliases are not asked for.
        var returned = config.Find("schema") is null ? config.Object("schema_") : config.Object("schema");
        var root = config.Find("item_schema") is null ? returned : config.Object("item_schema");
        var item = config.Find("item_schema") is null ? Resolve(root, returned.Object("properties").Object("item")) : Resolve(root, root);
        var properties = item.Object("properties");
        var names = properties.Names.ToList();
        return new ItemSchema(
            root,
            properties,
            names.Count > 0 ? names : [.. rows.Take(100).SelectMany(row => row.Object("item").Names).Distinct(StringComparer.Ordinal)]
        );
    }

    /// <summary>
    /// The values that a field is limited to, as the texts that a dataset has for them; null when it is not, or to fewer than two.
    /// </summary>
    public IReadOnlyList<string>? ValuesOf(string name)
    {
        var schema = Resolve(_root, _properties.Object(name));
        var alternatives = schema.List("anyOf").Concat(schema.List("oneOf")).Select(SavedObject.From).OfType<SavedObject>();
        var constants = alternatives.Select(alternative => alternative.Find("const")).OfType<JsonElement>();
        List<string> labels = [];
        foreach (var value in schema.List("enum").Concat(constants).Where(value => value.ValueKind != JsonValueKind.Null))
        {
            if (!JsonText.TryRead(value, out var text))
            {
                return null;
            }

            if (text.Trim() is { Length: > 0 } label && !labels.Contains(label, StringComparer.Ordinal))
            {
                labels.Add(label);
            }
        }

        return labels.Count > 1 ? labels : null;
    }

    /// <summary>Whether a field may be a text, as far as the schema says.</summary>
    public bool MayBeText(string name) => Resolve(_root, _properties.Object(name)).Text("type") is null or "string";

    /// <summary>The schema behind references, and behind an alternative that is there beside null only.</summary>
    private static SavedObject Resolve(SavedObject root, SavedObject schema)
    {
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            var others = schema
                .List("anyOf")
                .Concat(schema.List("oneOf"))
                .Concat(schema.List("allOf"))
                .Select(SavedObject.From)
                .OfType<SavedObject>()
                .Where(other => other.Text("type") != "null")
                .ToList();
            if (schema.Text("$ref") is { } reference && reference.StartsWith("#/", StringComparison.Ordinal))
            {
                schema = reference[2..].Split('/').Aggregate(root, (at, name) => at.Object(name));
            }
            else if (others.Count == 1)
            {
                schema = others[0];
            }
            else
            {
                break;
            }
        }

        return schema;
    }
}
