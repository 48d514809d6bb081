using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>JSON as exports have it: members as they are declared, null where there is nothing, indented.</summary>
internal static class ExportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>The same with the members' names in snake_case.</summary>
    private static readonly JsonSerializerOptions SnakeCase = new(Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Write<T>(T export, bool snakeCase = false) =>
        JsonSerializer.Serialize(export, snakeCase ? SnakeCase : Options) + "\n";
}

/// <summary>A number with a decimal point or an exponent: Python takes one without for an integer and prints it as such.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct PythonFloat(double Value)
{
    private sealed class Converter : JsonConverter<PythonFloat>
    {
        public override PythonFloat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, PythonFloat value, JsonSerializerOptions options)
        {
            var text = JsonSerializer.Serialize(value.Value);
            writer.WriteRawValue(text.AsSpan().ContainsAny('.', 'e', 'E') ? text : text + ".0");
        }
    }
}
