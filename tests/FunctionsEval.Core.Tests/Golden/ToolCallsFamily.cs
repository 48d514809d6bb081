using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.Tasks.ToolCalls;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class ToolCallsFamily
{
    public static object? Compute(GoldenCase golden)
    {
        var samples = golden
            .Input.GetProperty("turns")
            .EnumerateArray()
            .Select(turn => ToolTurns.Sample(Write(turn.GetProperty("reference"))!, Write(turn.GetProperty("answer"))));
        return MetricScore
            .ValuesOf(MetricScore.Report(MetricCatalog.Create(ToolCallsTask.Instance, [], new MetricSettings()), samples))
            .ToDictionary(value => value.Key, object? (value) => value.Value);
    }

    private static string? Write(JsonElement turn) =>
        turn.ValueKind == JsonValueKind.Null ? null
        : turn.GetArrayLength() == 0 ? CallTurn.Write("A text.")
        : CallTurn.Write(turn.EnumerateArray().Select(call => new ToolCall(call[0].GetString()!, call[1].GetString()!)));
}
