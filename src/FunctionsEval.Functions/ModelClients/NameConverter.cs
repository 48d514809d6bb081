using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Writes the name of a provider or protocol where a model's settings are written: the setting's value, and nothing else.
/// </summary>
internal sealed class NameConverter<T> : JsonConverter<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Settings are read from the configuration.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value?.ToString());
}
