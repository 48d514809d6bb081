using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Datasets;

/// <summary>The field of the reference, a list of fields, or an object of them by the names that an answer has.</summary>
internal sealed class ReferenceFieldAttribute : FieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (owner.Read(name) is not { } value)
        {
            return null;
        }

        var fields = value.ValueKind switch
        {
            JsonValueKind.Array => owner.DistinctTexts(name)!.Select(field => KeyValuePair.Create(field, field)),
            JsonValueKind.Object => ReadMap(new OptionReader(owner.PathOf(name), value)),
            JsonValueKind.String => null,
            _ => throw owner.WrongType(name, "a string, a list of strings or an object of them", value),
        };
        if (fields is null)
        {
            return new ReferenceColumns { Name = owner.Text(name, canBeEmpty: false) };
        }

        KeyValuePair<string, string>[] sorted = [.. fields.OrderBy(field => field.Key, StringComparer.Ordinal)];
        return sorted.Length is > 0 and <= SpecLimits.MaxElements
            ? new ReferenceColumns { Fields = sorted }
            : throw owner.Error(name, FormattableString.Invariant($"must have from 1 to {SpecLimits.MaxElements} fields."));
    }

    public override object? Write(object value) =>
        value is ReferenceColumns { Fields: { } fields }
            ? fields.ToDictionary(field => field.Key, object? (field) => field.Value)
            : ((ReferenceColumns)value).Name;

    private static IEnumerable<KeyValuePair<string, string>> ReadMap(OptionReader map) =>
        map.Names.Select(name =>
            name.Length is > 0 and <= SpecLimits.MaxText && map.Text(name, canBeEmpty: false) is { } field
                ? KeyValuePair.Create(name, field)
                : throw map.Error(name, "must be the name of a member with the field that has it.")
        );
}
