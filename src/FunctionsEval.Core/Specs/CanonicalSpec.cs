using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>Writes a spec in its one stable form: what its fields write, keys sorted, numbers in their shortest form.</summary>
internal static class CanonicalSpec
{
    public static string Write(EvaluationSpec spec)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            // The method that the task chooses is written out, as a default is.
            var method = spec.Task.ParsingMethodOf(spec.Parsing);
            Write(writer, OptionSection.For(typeof(EvaluationSpec)).Write(spec with { Parsing = spec.Parsing with { Method = method } }));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number:
                WriteNumber(writer, number);
                break;
            case JsonElement element:
                Write(writer, Unwrap(element));
                break;
            case OrderedJson json:
                json.Value.WriteTo(writer);
                break;
            case Dictionary<string, object?> fields:
                writer.WriteStartObject();
                foreach (var (name, field) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, field);
                }

                writer.WriteEndObject();
                break;
            case IEnumerable<object?> list:
                writer.WriteStartArray();
                foreach (var element in list)
                {
                    Write(writer, element);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"No canonical form for {value.GetType()}.", nameof(value));
        }
    }

    /// <summary>1.0, 1 and 1e0 are one number.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, double number) =>
        writer.WriteRawValue((number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture));

    private static object? Unwrap(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var integer) ? integer : element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Array => element.EnumerateArray().Select(object? (item) => item).ToArray(),
            JsonValueKind.Object => element.EnumerateObject().ToDictionary(field => field.Name, object? (field) => field.Value),
            _ => null,
        };
}
