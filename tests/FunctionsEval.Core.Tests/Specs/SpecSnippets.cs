using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>Whole specs that an editor offers for an empty file (<c>defaultSnippets</c> of VS Code).</summary>
internal static class SpecSnippets
{
    private const string Models = "\"model\": \"${1:my-tuned}\", \"baseline\": \"${2:my-base}\"";

    private static readonly (string Label, string Fields)[] All =
    [
        ("classification", "\"labels\": [\"${3:yes}\", \"${4:no}\"], \"metrics\": [\"accuracy\", \"f1\", \"confusion_matrix\"]"),
        ("generation", "\"metrics\": [\"rouge\", \"chrf\"]"),
        ("extraction", "\"metrics\": [\"field_f1\", \"exact_match\", \"json_valid\"]"),
        ("tool_calls", "\"metrics\": [\"tool_calls\", \"tool_names\", \"tool_decision\", \"tool_validity\"]"),
    ];

    /// <summary>The snippets.</summary>
    public static JsonArray Render() =>
        [
            .. All.Select(snippet =>
                (JsonNode)
                    new JsonObject
                    {
                        ["label"] = $"a suite of the task {snippet.Label}",
                        ["body"] = JsonNode.Parse($"{{ \"task\": \"{snippet.Label}\", {Models}, {snippet.Fields} }}"),
                    }
            ),
        ];
}
