using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Turns that call tools, written down and made up.</summary>
internal static class ToolTurns
{
    /// <summary>The functions that made-up turns call; the last one is not offered.</summary>
    public static readonly string[] Functions = ["get_weather", "book_table", "invented"];

    private static readonly ToolSet Offered = new()
    {
        Tools = Json(
            """
            [{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city"]}}},
             {"type":"function","function":{"name":"book_table"}}]
            """
        ),
    };

    /// <summary>A turn that is a text, or calls a few functions, some with arguments that are no JSON.</summary>
    public static readonly Gen<ToolTurn> Turns = Gen.Select(
            Gen.OneOf(Functions),
            Gen.OneOf(
                "{}",
                "",
                "{\"city\":\"Oslo\"}",
                "{\"city\":\"oslo \",\"days\":3}",
                "{\"days\":3.0,\"city\":\"Oslo\"}",
                "{\"a\":{\"b\":[1,2]}}",
                "oops"
            ),
            (name, arguments) => new ToolCall(name, arguments)
        )
        .Array[0, 5]
        .Select(calls => new ToolTurn(calls));

    /// <summary>A turn of calls, each a name and its arguments.</summary>
    public static string Calls(params (string Name, string Arguments)[] calls) =>
        CallTurn.Write(calls.Select(call => new ToolCall(call.Name, call.Arguments)));

    /// <summary>A turn of which only the names are known.</summary>
    public static string Names(params string[] names) => CallTurn.Write(names.Select(name => new ToolCall(name, "")), namesOnly: true);

    /// <summary>The calls held against two functions.</summary>
    public static IReadOnlyList<AnsweredCall> Check(IReadOnlyList<ToolCall> calls) => new CallChecker().Check(calls, Offered);

    /// <summary>A sample of one reference and one answer.</summary>
    public static MetricSample Sample(string reference, string? prediction, IReadOnlyList<AnsweredCall>? calls = null) =>
        new()
        {
            References = [reference],
            Prediction = prediction,
            ToolCalls = calls,
        };

    /// <summary>A JSON value.</summary>
    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}

/// <summary>A made-up turn.</summary>
/// <param name="Calls">The calls; none for a text.</param>
internal sealed record ToolTurn(IReadOnlyList<ToolCall> Calls)
{
    /// <summary>The turn as references and predictions have it.</summary>
    public string Written => Calls.Count == 0 ? CallTurn.Write("A text.") : CallTurn.Write(Calls);
}
