using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Prompts;

/// <summary>The form of answers: a word, or an object as the API has it.</summary>
internal sealed partial class ResponseFormatFieldAttribute : FieldAttribute
{
    private const string SchemaField = "json_schema";
    private static readonly string WithSchema = EnumNames<ResponseFormatKind>.NameOf(ResponseFormatKind.JsonSchema);

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Read(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } => owner.Text(name) == WithSchema
                ? throw owner.Error(
                    name,
                    "needs the schema: write {\"type\": \"json_schema\", \"json_schema\": {\"name\": …, \"schema\": …}}."
                )
                : new ResponseFormat(KindOf(owner, name)),
            { ValueKind: JsonValueKind.Object } value => Read(new OptionReader(owner.PathOf(name), value)),
            { } other => throw owner.WrongType(name, "text, json_object, or an object as the API takes it", other),
        };

    public override object? Write(object value)
    {
        var format = (ResponseFormat)value;
        var kind = format.KindName;
        if (format.Schema is not { } schema)
        {
            return kind;
        }

        var fields = new Dictionary<string, object?> { ["name"] = format.Name, ["schema"] = new OrderedJson(schema) };
        if (format.Description is not null)
        {
            fields["description"] = format.Description;
        }

        if (format.IsStrict is not null)
        {
            fields["strict"] = format.IsStrict;
        }

        return new Dictionary<string, object?> { ["type"] = kind, [SchemaField] = fields };
    }

    private static ResponseFormat Read(OptionReader format)
    {
        OptionSection.RefuseUnknown(format, ["type", SchemaField]);
        var kind = format.Has("type") ? KindOf(format, "type") : throw format.Error("type", "is missing: give json_schema.");
        if (kind != ResponseFormatKind.JsonSchema)
        {
            return format.Has(SchemaField)
                ? throw format.Error(SchemaField, "belongs to the type json_schema only.")
                : new ResponseFormat(kind);
        }

        var inner = format.Read(SchemaField) is { } value
            ? new OptionReader(format.PathOf(SchemaField), value)
            : throw format.Error(SchemaField, "is missing: give an object with name and schema.");
        OptionSection.RefuseUnknown(inner, ["name", "description", "schema", "strict"]);
        return new ResponseFormat(kind)
        {
            Name = ReadName(inner),
            Description = inner.Text("description"),
            Schema = ReadSchema(inner, "schema"),
            IsStrict = inner.Has("strict") ? inner.Bool("strict") : null,
        };
    }

    private static ResponseFormatKind KindOf(OptionReader owner, string name) =>
        EnumNames<ResponseFormatKind>.TryGet(owner.Text(name)!, out var kind)
            ? kind
            : throw owner.NotOneOf(name, owner.Text(name)!, EnumNames<ResponseFormatKind>.All);

    private static string ReadName(OptionReader schema)
    {
        var name = schema.Text("name") ?? throw schema.Error("name", "is missing: give the schema a name, such as answer.");
        return Name().IsMatch(name) ? name : throw schema.Error("name", "must be 1 to 64 letters, digits, '_' and '-'.");
    }

    private static JsonElement ReadSchema(OptionReader owner, string name)
    {
        var schema = owner.Read(name) ?? throw owner.Error(name, "is missing: give the JSON schema of an answer.");
        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw owner.WrongType(name, "a JSON schema, an object", schema);
        }

        if (schema.GetRawText().Length > SpecLimits.MaxSchema)
        {
            throw owner.Error(name, string.Create(CultureInfo.InvariantCulture, $"is longer than {SpecLimits.MaxSchema} characters."));
        }

        return HasEachNameOnce(schema) ? schema.Clone() : throw owner.Error(name, "has an object with a field that is given twice.");
    }

    private static bool HasEachNameOnce(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().All(HasEachNameOnce),
            JsonValueKind.Object => value.EnumerateObject().All(field => HasEachNameOnce(field.Value))
                && value.EnumerateObject().DistinctBy(field => field.Name).Count() == value.GetPropertyCount(),
            _ => true,
        };

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Name();
}
