using System.Text;
using System.Text.Json;
using Json.Schema;

namespace FunctionsEval.Core.Parsing.Schemas;

/// <summary>
/// A JSON schema that values are checked under: 2020-12, or draft-07 where <c>$schema</c> says so. References stay within the schema, a
/// <c>format</c> is a remark, and a check takes bounded time. Safe for use by several threads at once.
/// </summary>
internal sealed class ValueSchema
{
    /// <summary>The longest schema, and the longest value, that is checked, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Keywords that are not understood: a schema with one of them would be checked in part.</summary>
    private static readonly HashSet<string> NotChecked = new(StringComparer.Ordinal)
    {
        "$dynamicRef",
        "$recursiveRef",
        "$anchor",
        "$dynamicAnchor",
        "patternProperties",
    };

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.Flag };

    private readonly JsonSchema _schema;
    private readonly int _size;

    private ValueSchema(JsonSchema schema, int size)
    {
        _schema = schema;
        _size = size;
    }

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <returns>The schema; null where it is none, is too long, or has keywords, references or expressions that are not checked.</returns>
    public static ValueSchema? TryCreate(JsonElement schema)
    {
        var text = schema.GetRawText();
        var size = 0;
        try
        {
            if (Encoding.UTF8.GetByteCount(text) > MaxBytes || !TryMeasure(schema, ref size))
            {
                return null;
            }

            var build = new BuildOptions
            {
                Dialect = DialectOf(schema),
                DialectRegistry = new DialectRegistry(),
                SchemaRegistry = new SchemaRegistry(),
                VocabularyRegistry = new VocabularyRegistry(),
            };
            return new ValueSchema(JsonSchema.FromText(text, build), size);
        }
        catch (Exception unusable)
            when (unusable
                    is JsonSchemaException
                        or JsonException
                        or ArgumentException
                        or NotSupportedException
                        or InvalidOperationException
            )
        {
            // No schema, a reference that leads nowhere, or an expression without a bound on its time.
            return null;
        }
    }

    /// <summary>Whether a value is valid.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is; null where it is too long, or its check would take too long.</returns>
    public bool? IsValid(JsonElement value)
    {
        if (Encoding.UTF8.GetByteCount(value.GetRawText()) > MaxBytes)
        {
            return null;
        }

        try
        {
            return SchemaBudget.Run(new SchemaBudget(_size), value, element => _schema.Evaluate(element, Options).IsValid);
        }
        catch (Exception unusable)
            when (unusable
                    is SchemaBudgetException
                        or JsonSchemaException
                        or InvalidOperationException
                        or FormatException
                        or OverflowException
            )
        {
            return null;
        }
    }

    private static Dialect DialectOf(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("$schema", out var dialect)
        && dialect.ValueKind == JsonValueKind.String
        && dialect.GetString()!.Contains("/draft-0", StringComparison.Ordinal)
            ? BoundedKeywords.Draft07
            : BoundedKeywords.Draft202012;

    /// <summary>Counts the objects and list elements; false for a schema with a keyword that is not checked.</summary>
    private static bool TryMeasure(JsonElement element, ref int size)
    {
        size++;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (
                        NotChecked.Contains(member.Name)
                        || (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && !TryMeasure(member.Value, ref size))
                    )
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Array:
                foreach (var inner in element.EnumerateArray())
                {
                    if (!TryMeasure(inner, ref size))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return true;
        }
    }
}
