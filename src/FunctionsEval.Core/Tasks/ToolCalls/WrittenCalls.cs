using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.ToolCalls;

/// <summary>
/// Texts in which a model writes calls, in the notation of its chat template. Endpoints turn them into calls; as a reference they would
/// say that no tool is called.
/// </summary>
internal static class WrittenCalls
{
    private static readonly string[] Markers =
    [
        "<tool_call>",
        "<tool_calls>",
        "<function_call>",
        "<functioncall>",
        "<function=",
        "<|tool_call",
        "<|python_tag|>",
        "<｜tool▁call",
        "[TOOL_CALLS]",
    ];

    /// <summary>Whether a text has the marker of a call, or is the JSON of a call, of a turn with calls, or of a list of these.</summary>
    /// <param name="text">The text.</param>
    public static bool AreIn(string text) =>
        Array.Exists(Markers, marker => text.Contains(marker, StringComparison.Ordinal))
        || (text.AsSpan().TrimStart() is ['[' or '{', ..] && CanonicalJson.ParseOrNone(text) is var json && IsCall(json));

    private static bool IsCall(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Array => json.EnumerateArray().Any(element => element.ValueKind == JsonValueKind.Object && IsCall(element)),
            JsonValueKind.Object => ToolCallReader.HasCalls(json)
                || (json.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object && IsCall(function))
                || (
                    json.TryGetProperty("name", out var name)
                    && name.ValueKind == JsonValueKind.String
                    && (json.TryGetProperty("arguments", out _) || json.TryGetProperty("parameters", out _))
                ),
            _ => false,
        };
}
