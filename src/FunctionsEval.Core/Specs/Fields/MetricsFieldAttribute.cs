using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>A list of metrics, each by its name or as an object with its name and options.</summary>
internal sealed class MetricsFieldAttribute : FieldAttribute
{
    private const string NameField = "name";

    public override object? Read(OptionReader owner, string name, Type type) =>
        owner.Has(name) ? owner.List(name).Select(metric => Read(owner, metric.Element, metric.Name)).ToArray() : null;

    public override object? Write(object value) => ((IReadOnlyList<MetricSpec>)value).Select(object? (metric) => Write(metric)).ToArray();

    private static MetricSpec Read(OptionReader owner, JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var text = element.GetString()!;
            return text.Length > 0 ? new MetricSpec { Name = text } : throw owner.Error(name, "is empty.");
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            throw owner.WrongType(name, "a metric's name or an object with a name", element);
        }

        var metric = new OptionReader(owner.PathOf(name), element);
        return new MetricSpec
        {
            Name = metric.Text(NameField, canBeEmpty: false) ?? throw metric.Error(NameField, "is missing: give the metric's name."),
            Options = metric
                .Fields.Where(field => field.Key != NameField)
                .ToDictionary(field => field.Key, field => ReadOption(metric, field.Key, field.Value)),
        };
    }

    private static JsonElement ReadOption(OptionReader metric, string name, JsonElement value) =>
        IsOption(value)
            ? value.Clone()
            : throw metric.WrongType(name, "a text, a number, true, false, a list or an object of them, with no name twice", value);

    private static bool IsOption(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().All(IsOption),
            JsonValueKind.Number => double.IsFinite(value.GetDouble()),
            JsonValueKind.Object => value.EnumerateObject().All(field => IsOption(field.Value))
                && value.EnumerateObject().DistinctBy(field => field.Name).Count() == value.GetPropertyCount(),
            _ => true,
        };

    private static Dictionary<string, object?> Write(MetricSpec metric)
    {
        var fields = metric.Options.ToDictionary(option => option.Key, object? (option) => option.Value);
        fields[NameField] = metric.Name;
        return fields;
    }
}
