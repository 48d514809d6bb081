using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>The numbers of a run that has ended: <c>GET /api/evaluations/{runId}/metrics</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Metrics">Its numbers, by role, name and slice.</param>
[JsonConverter(typeof(RunMetricsConverter))]
public sealed record RunMetrics(string RunId, RunStatus Status, IReadOnlyList<MetricValue> Metrics)
{
    /// <summary>The currency of the models' prices: with one, each number also has the texts that people read; null for none.</summary>
    public string? TextsIn { get; init; }
}

/// <summary>Writes the members of each number in ordinal order, with the run's id among them.</summary>
internal sealed class RunMetricsConverter : JsonConverter<RunMetrics>
{
    private const string RunId = "runId";
    private const string Status = "status";
    private const string Metrics = "metrics";

    public override RunMetrics Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        return new RunMetrics(
            root.GetProperty(RunId).GetString()!,
            Enum.Parse<RunStatus>(root.GetProperty(Status).GetString()!),
            [.. root.GetProperty(Metrics).EnumerateArray().Select(metric => metric.Deserialize<MetricValue>(ResultJson.Options)!)]
        );
    }

    public override void Write(Utf8JsonWriter writer, RunMetrics value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(RunId, value.RunId);
        writer.WriteString(Status, value.Status.ToString());
        var runId = JsonSerializer.SerializeToElement(value.RunId, ResultJson.Options);
        writer.WriteStartArray(Metrics);
        foreach (var metric in value.Metrics)
        {
            writer.WriteStartObject();
            var members = JsonSerializer.SerializeToElement(metric, ResultJson.Options).EnumerateObject();
            var texts = value.TextsIn is { } currency ? MetricTexts.From(metric, currency) : [];
            foreach (
                var (name, member) in members
                    .Select(member => (member.Name, member.Value))
                    .Append((RunId, runId))
                    .Concat(texts.Select(text => (text.Name, JsonSerializer.SerializeToElement(text.Text))))
                    .OrderBy(member => member.Item1, StringComparer.Ordinal)
            )
            {
                writer.WritePropertyName(name);
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
