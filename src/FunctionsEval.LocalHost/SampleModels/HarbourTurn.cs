using System.Text.Json;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A turn of the training file: what the user says, and what the harbour office does or answers.</summary>
/// <param name="User">The user's text.</param>
/// <param name="Calls">The calls; empty where the answer is a text.</param>
/// <param name="Text">The answer's text; null where it is calls.</param>
internal sealed record HarbourTurn(string User, IReadOnlyList<SampleCall> Calls, string? Text);

/// <summary>A call of a tool.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments as a JSON object.</param>
internal sealed record SampleCall(string Name, string Arguments)
{
    /// <summary>The arguments by name.</summary>
    public Dictionary<string, JsonElement> ReadArguments() => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Arguments)!;
}

/// <summary>What a model that can call tools answers: calls, or a text.</summary>
/// <param name="Calls">The calls; empty for a text.</param>
/// <param name="Text">The text; empty beside calls.</param>
internal sealed record ToolAnswer(IReadOnlyList<SampleCall> Calls, string Text);
