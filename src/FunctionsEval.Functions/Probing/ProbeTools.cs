using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Functions.Probing;

/// <summary>The tool that a probe offers, and the schema that it asks an answer to have.</summary>
internal static class ProbeTools
{
    /// <summary>The tool's function.</summary>
    public const string Function = "get_tide";

    /// <summary>What is asked with the tool.</summary>
    public const string Question =
        "How high is the tide at Brest, and how high at Dover? Call the function once for each of the two ports.";

    /// <summary>The member of the answer's schema, a text.</summary>
    public const string Member = "city";

    /// <summary>The tool.</summary>
    public static ToolSet Set { get; } =
        new()
        {
            Tools = Parse(
                """
                [{"type":"function","function":{"name":"get_tide","description":"The height of the tide at a port.","parameters":{"type":"object","properties":{"port":{"type":"string"}},"required":["port"]}}}]
                """
            ),
        };

    /// <summary>JSON with one member, which the endpoint must hold the answer to.</summary>
    public static ResponseFormat CityFormat { get; } =
        new(ResponseFormatKind.JsonSchema)
        {
            Name = Member,
            IsStrict = true,
            Schema = Parse(
                """
                {"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}
                """
            ),
        };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
