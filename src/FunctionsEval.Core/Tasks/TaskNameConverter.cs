using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Tasks;

/// <summary>A task as its name in JSON.</summary>
internal sealed class TaskNameConverter : JsonConverter<TaskDefinition>
{
    /// <inheritdoc/>
    public override TaskDefinition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TaskCatalog.TryGet(reader.GetString()!, out var task)
            ? task
            : throw new JsonException("There is no task of this name.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TaskDefinition value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
