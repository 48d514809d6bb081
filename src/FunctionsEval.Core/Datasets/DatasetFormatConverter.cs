using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Datasets;

/// <summary>A format as its <see cref="DatasetFormat.Code"/> in JSON.</summary>
internal sealed class DatasetFormatConverter : JsonConverter<DatasetFormat>
{
    /// <inheritdoc/>
    public override DatasetFormat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var code = reader.GetInt32();
        return DatasetFormatCatalog.All.FirstOrDefault(format => format.Code == code)
            ?? throw new JsonException("There is no dataset format of this number.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DatasetFormat value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Code);
}
