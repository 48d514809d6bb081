using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>The functions that a sample's tools offer, by name, each with its schema, which is undefined where there is none.</summary>
internal static class OfferedFunctions
{
    /// <summary>
    /// Reads <c>tools</c> (<c>{"type":"function","function":{…}}</c>, or the function's members beside the type) and <c>functions</c>. Of
    /// two functions of one name the first counts.
    /// </summary>
    public static Dictionary<string, JsonElement> Read(ToolSet? tools)
    {
        var functions = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var tool in Elements(tools?.Tools))
        {
            Add(
                functions,
                tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object ? function : tool
            );
        }

        foreach (var function in Elements(tools?.Functions))
        {
            Add(functions, function);
        }

        return functions;
    }

    private static IEnumerable<JsonElement> Elements(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } elements
            ? elements.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object)
            : [];

    private static void Add(Dictionary<string, JsonElement> functions, JsonElement function)
    {
        if (function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
        {
            functions.TryAdd(name.GetString()!, function.TryGetProperty("parameters", out var parameters) ? parameters : default);
        }
    }
}
