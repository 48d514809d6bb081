using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>Runs vectors through the catalogue, as a spec would.</summary>
internal static class GoldenMetrics
{
    public static MetricSpec Spec(string name, params (string Option, object? Value)[] options) =>
        new()
        {
            Name = name,
            Options = options
                .Where(option => option.Value is not null)
                .ToDictionary(
                    option => option.Option,
                    option => option.Value is JsonElement element ? element : JsonSerializer.SerializeToElement(option.Value)
                ),
        };

    public static Metric Create(TaskDefinition task, MetricSpec spec) => MetricCatalog.Create(task, [spec], new MetricSettings())[0];

    /// <summary>The segments of a vector with one hypothesis or several; an absent (null) reference is left out.</summary>
    public static List<MetricSample> Segments(JsonElement input) =>
        input.TryGetProperty("hypothesis", out var hypothesis)
            ? [Segment(hypothesis, input.GetProperty("references"))]
            : [.. input.GetProperty("hypotheses").EnumerateArray().Zip(input.GetProperty("references").EnumerateArray(), Segment)];

    /// <summary>References per segment as sacrebleu's signature states them.</summary>
    public static string ReferenceCount(List<MetricSample> segments)
    {
        var counts = segments.Select(segment => segment.References.Count).Distinct().ToList();
        return counts.Count == 1 ? counts[0].ToString(System.Globalization.CultureInfo.InvariantCulture) : "var";
    }

    private static MetricSample Segment(JsonElement hypothesis, JsonElement references) =>
        new()
        {
            Prediction = hypothesis.GetString(),
            References =
            [
                .. references
                    .EnumerateArray()
                    .Where(reference => reference.ValueKind == JsonValueKind.String)
                    .Select(reference => reference.GetString()!),
            ],
        };
}
