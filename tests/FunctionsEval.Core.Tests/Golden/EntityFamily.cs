using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Extraction;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>Entities by their places, as seqeval reads them from tags.</summary>
internal static class EntityFamily
{
    public static object? Compute(GoldenCase golden)
    {
        string[] labels = [.. golden.Option("labels")!.Value.EnumerateArray().Select(label => label.GetString()!)];
        var metric = GoldenMetrics.Create(ExtractionTask.Instance, GoldenMetrics.Spec("entity_f1", ("labels", labels)));
        var references = golden.Input.GetProperty("references").EnumerateArray();
        var predictions = golden.Input.GetProperty("predictions").EnumerateArray();
        var values = MetricScore.Values(metric, references.Zip(predictions, Sample));
        return new Dictionary<string, object?>
        {
            ["micro"] = Average(values, "_micro"),
            ["macro"] = Average(values, "_macro"),
            ["weighted"] = Average(values, "_weighted"),
            ["labels"] = labels,
            ["per_label"] = labels.Select(label => Average(values, $"[{label}]", label)).ToArray(),
        };
    }

    private static MetricSample Sample(JsonElement reference, JsonElement prediction) =>
        new() { References = [reference.GetRawText()], Prediction = prediction.GetRawText() };

    private static Dictionary<string, object?> Average(Dictionary<string, double> values, string end, string? label = null) =>
        new()
        {
            ["label"] = label,
            ["precision"] = values[$"entity_precision{end}"],
            ["recall"] = values[$"entity_recall{end}"],
            ["f1"] = values[$"entity_f1{end}"],
        };
}
