using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs.Fields;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>The JSON schema of a spec, from the declarations of its fields.</summary>
internal static class SpecSchema
{
    private const int LineLength = 140;

    /// <summary>Fields in the example of a section.</summary>
    private const int FieldsOfAnExample = 2;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>docs/evaluation.schema.json.</summary>
    public static string Render()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "FunctionsEval evaluation spec",
            ["description"] = "docs/spec.md explains the fields; the app also checks what a schema cannot say.",
        };
        Describe(schema, SpecDocumentation.Root.Fields, field => SpecDocumentation.Default(SpecDocumentation.Root, field), "object");
        schema["properties"]!
            .AsObject()
            .Insert(
                0,
                "$schema",
                new JsonObject
                {
                    ["description"] = "Where this schema is, for editors; the app does not read it.",
                    ["type"] = "string",
                    ["examples"] = new JsonArray("../../docs/evaluation.schema.json"),
                }
            );
        schema["defaultSnippets"] = SpecSnippets.Render();
        var text = new StringBuilder();
        Append(text, schema, "");
        return text.Append('\n').ToString();
    }

    private static JsonObject SchemaOf(OptionField field, object? fallback)
    {
        var schema = new JsonObject { ["description"] = PlainText(SpecDocumentation.Meaning(field)) };
        var isRequired = IsRequired(field);
        switch (field.Kind)
        {
            case SectionFieldAttribute:
                var section = OptionSection.For(field.Type);
                Describe(schema, section.Fields, inner => SpecDocumentation.Default(section, inner), Type("object", isRequired));
                break;
            case GateRulesFieldAttribute:
                schema["type"] = "array";
                schema["minItems"] = 1;
                schema["maxItems"] = SpecLimits.MaxRules;
                schema["items"] = Describe(new JsonObject(), GateRuleCatalog.Fields, _ => null, "object", isRule: true);
                break;
            case MetricsFieldAttribute:
                schema["type"] = Type("array", isRequired);
                schema["maxItems"] = SpecLimits.MaxElements;
                schema["items"] = JsonNode.Parse(
                    """{"anyOf":[{"type":"string","minLength":1},{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1}}}]}"""
                );
                break;
            case IChoiceField choice:
                schema["enum"] = new JsonArray([
                    .. choice.Choices.Select(name => (JsonNode?)JsonValue.Create(name)),
                    .. isRequired ? Array.Empty<JsonNode?>() : [null],
                ]);
                break;
            default:
                DescribeValue(schema, field.Kind, isRequired);
                break;
        }

        if (fallback is not null && !isRequired && field.Kind is not SectionFieldAttribute)
        {
            schema["default"] = JsonSerializer.SerializeToNode(fallback, Relaxed);
        }

        schema["examples"] = ExamplesOf(field);
        return schema;
    }

    /// <summary>The field's examples; of a section an object of its first fields' ones.</summary>
    private static JsonArray ExamplesOf(OptionField field)
    {
        JsonNode?[] declared =
        [
            .. field
                .Property.GetCustomAttributes<ExampleAttribute>()
                .Select(example =>
                    example.Json is { } json ? JsonNode.Parse(json) : JsonSerializer.SerializeToNode(example.Value, Relaxed)
                ),
        ];
        if (declared.Length > 0 || field.Kind is not SectionFieldAttribute)
        {
            return [.. declared];
        }

        var fields = OptionSection.For(field.Type).Fields;
        var section = new JsonObject();
        foreach (var inner in fields.Where((inner, index) => index < FieldsOfAnExample || inner.Kind.Missing is not null))
        {
            section[inner.Name] = ExamplesOf(inner)[0]!.DeepClone();
        }

        return [section];
    }

    private static void DescribeValue(JsonObject schema, FieldAttribute kind, bool isRequired)
    {
        switch (kind)
        {
            case FlagFieldAttribute:
                schema["type"] = Type("boolean", isRequired);
                break;
            case IntegerFieldAttribute integer:
                schema["type"] = Type("integer", isRequired);
                AddUnless(schema, "minimum", integer.Minimum, long.MinValue);
                AddUnless(schema, "maximum", integer.Maximum, long.MaxValue);
                break;
            case NumberFieldAttribute number:
                schema["type"] = Type("number", isRequired);
                AddUnless(schema, number.ExcludesMinimum ? "exclusiveMinimum" : "minimum", number.Minimum, double.NegativeInfinity);
                AddUnless(schema, "maximum", number.Maximum, double.PositiveInfinity);
                break;
            case TextFieldAttribute text:
                schema["type"] = Type("string", isRequired);
                schema["minLength"] = 1;
                schema["maxLength"] = text.MaxLength;
                break;
            case TemplateFieldAttribute:
                schema["type"] = Type("string", isRequired);
                schema["minLength"] = 1;
                schema["maxLength"] = PromptTemplate.MaxLength;
                break;
            case DurationFieldAttribute:
                schema["type"] = Type("string", isRequired);
                break;
            case TextListFieldAttribute list:
                schema["type"] = Type("array", isRequired);
                schema["items"] = new JsonObject
                {
                    ["type"] = "string",
                    ["minLength"] = 1,
                    ["maxLength"] = SpecLimits.MaxText,
                };
                schema["maxItems"] = list.MaxCount;
                AddUnless(schema, "uniqueItems", list is not CandidatesFieldAttribute, false);
                break;
            case SuiteTiersFieldAttribute tiers:
                schema["type"] = Type("object", isRequired);
                schema["maxProperties"] = tiers.MaxCount;
                schema["additionalProperties"] = new JsonObject
                {
                    ["enum"] = new JsonArray([.. Enum.GetValues<SuiteTier>().Select(tier => (JsonNode?)SuiteTierNames.NameOf(tier))]),
                };
                break;
            case TextMapFieldAttribute map:
                schema["type"] = Type("object", isRequired);
                schema["maxProperties"] = map.MaxCount;
                schema["additionalProperties"] = new JsonObject { ["type"] = "string", ["maxLength"] = SpecLimits.MaxText };
                break;
            default:
                DescribeForm(schema, kind);
                break;
        }
    }

    /// <summary>Values that may have several forms.</summary>
    private static void DescribeForm(JsonObject schema, FieldAttribute kind)
    {
        switch (kind)
        {
            case ReferenceFieldAttribute:
                schema["anyOf"] = JsonNode.Parse(
                    """[{"type":["string","null"],"minLength":1},{"type":"array","minItems":1,"items":{"type":"string","minLength":1}},{"type":"object","minProperties":1,"additionalProperties":{"type":"string","minLength":1}}]"""
                );
                break;
            case MarginsFieldAttribute:
                schema["type"] = Type("object", isRequired: false);
                schema["minProperties"] = 1;
                schema["maxProperties"] = SpecLimits.MaxRules;
                schema["additionalProperties"] = new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0 };
                break;
            case ToolChoiceFieldAttribute:
                schema["anyOf"] = JsonNode.Parse(
                    """[{"enum":["auto","none","required",null]},{"type":"object","required":["function"],"properties":{"type":{"const":"function"},"function":{"type":["string","object"]}},"additionalProperties":false}]"""
                );
                break;
            case ResponseFormatFieldAttribute:
                schema["anyOf"] = JsonNode.Parse(
                    """[{"enum":["text","json_object",null]},{"type":"object","required":["type"],"properties":{"type":{"enum":["text","json_object","json_schema"]},"json_schema":{"type":"object","required":["name","schema"],"properties":{"name":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,64}$"},"description":{"type":"string"},"schema":{"type":"object"},"strict":{"type":["boolean","null"]}},"additionalProperties":false}},"additionalProperties":false}]"""
                );
                break;
            default:
                throw new NotSupportedException($"{kind.GetType().Name} has no JSON schema.");
        }
    }

    private static JsonObject Describe(
        JsonObject schema,
        IReadOnlyList<OptionField> fields,
        Func<OptionField, object?> fallback,
        JsonNode type,
        bool isRule = false
    )
    {
        schema["type"] = type;
        var required = fields.Where(field => !isRule && (IsRequired(field) || field.Kind is GateRulesFieldAttribute)).ToList();
        if (required.Count > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(field => JsonValue.Create(field.Name))]);
        }

        if (fields.FirstOrDefault(field => field.Kind.Alternative is not null) is { } either)
        {
            schema["anyOf"] = new JsonArray([
                .. new[] { either.Name, either.Kind.Alternative! }.Select(name => new JsonObject
                {
                    ["required"] = new JsonArray(JsonValue.Create(name)),
                    ["properties"] = new JsonObject { [name] = new JsonObject { ["not"] = new JsonObject { ["type"] = "null" } } },
                }),
            ]);
        }

        schema["additionalProperties"] = false;
        var properties = new JsonObject();
        schema["properties"] = properties;
        foreach (var field in fields)
        {
            properties[field.Name] = SchemaOf(field, fallback(field));
            if (isRule && properties[field.Name]!["type"] is JsonValue only)
            {
                properties[field.Name]!["type"] = Type(only.GetValue<string>(), isRequired: false);
            }
        }

        return schema;
    }

    private static bool IsRequired(OptionField field) => field.Kind is { Missing: not null, Alternative: null };

    private static JsonNode Type(string name, bool isRequired) =>
        isRequired ? JsonValue.Create(name) : new JsonArray(JsonValue.Create(name), JsonValue.Create("null"));

    private static void AddUnless<T>(JsonObject schema, string name, T value, T unbounded)
        where T : struct
    {
        if (!value.Equals(unbounded))
        {
            schema[name] = JsonValue.Create(value);
        }
    }

    /// <summary>Markdown without its marks; addresses go.</summary>
    private static string PlainText(string markdown) =>
        System.Text.RegularExpressions.Regex.Replace(markdown, @"\[([^\]]+)\]\([^)]+\)", "$1").Replace("`", "", StringComparison.Ordinal);

    /// <summary>Objects and lists that fit stand on one line.</summary>
    private static void Append(StringBuilder text, JsonNode? node, string indent)
    {
        var line = OneLine(node);
        if (indent.Length + line.Length <= LineLength || node is not (JsonObject or JsonArray))
        {
            text.Append(line);
            return;
        }

        var (open, close) = node is JsonObject ? ('{', '}') : ('[', ']');
        var items = node is JsonObject fields
            ? fields.Select(field => (Name: $"{JsonSerializer.Serialize(field.Key, Relaxed)}: ", field.Value))
            : node.AsArray().Select(item => (Name: "", Value: item));
        text.Append(open);
        var separator = "\n";
        foreach (var (name, value) in items)
        {
            text.Append(separator).Append(indent).Append("  ").Append(name);
            Append(text, value, indent + "  ");
            separator = ",\n";
        }

        text.Append('\n').Append(indent).Append(close);
    }

    private static string OneLine(JsonNode? node) =>
        node switch
        {
            JsonObject fields => $"{{ {string.Join(", ", fields.Select(field => $"\"{field.Key}\": {OneLine(field.Value)}"))} }}",
            JsonArray items => $"[{string.Join(", ", items.Select(OneLine))}]",
            null => "null",
            _ => node.ToJsonString(Relaxed),
        };
}
