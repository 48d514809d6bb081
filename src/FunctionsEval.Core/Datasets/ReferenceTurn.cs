namespace FunctionsEval.Core.Datasets;

/// <summary>
/// What a row expects the model to write: acceptable texts, calls of tools, or a text beside calls. One without texts and calls expects
/// that no tool is called, whatever the text.
/// </summary>
/// <param name="Field">The field it is in, for messages.</param>
internal sealed record ReferenceTurn(string Field)
{
    /// <summary>The acceptable texts, the first one being the canonical; empty where none is expected.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>The calls; empty where none is expected.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>
    /// Whether the row gives only the names of the functions. <see cref="ToolCall.Arguments"/> are then "". Default false.
    /// </summary>
    public bool HasNamesOnly { get; init; }

    /// <summary>The reference that a turn of the model is.</summary>
    public static ReferenceTurn From(ChatMessage turn, string field) =>
        new(field) { Texts = turn.ToolCalls.Count > 0 && turn.Content.Length == 0 ? [] : [turn.Content], Calls = turn.ToolCalls };
}
