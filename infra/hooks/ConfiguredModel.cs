using System.Text.Json.Nodes;

namespace FunctionsEval.Hooks;

/// <summary>A model of <c>infra/models.json</c>.</summary>
/// <param name="Place">Where it stands, such as <c>infra/models.json: [0] 'my-base'</c>.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record ConfiguredModel(string Place, JsonObject Fields)
{
    public string? Name => Text("name");

    public string? Deployment => Text("deployment");

    /// <summary>Whether it stands for every deployment of a kind.</summary>
    public bool IsTemplate => Name?.Contains('*', StringComparison.Ordinal) == true;

    /// <summary>Whether it is a deployment of the Azure OpenAI account, if there is one.</summary>
    public bool IsOfAccount => Fields["endpoint"] is null && (Text("provider") ?? "AzureOpenAI") == "AzureOpenAI";

    /// <summary>Whether the account that is created gets its deployment.</summary>
    public bool IsCreated => Fields["create"] is JsonObject;

    private string? Text(string field) => Fields[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
