using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Datasets;

/// <summary>One turn of a conversation, as the chat APIs know it.</summary>
/// <param name="Role">"system", "developer", "user", "assistant", "tool" or, in the older form of tool calls, "function".</param>
/// <param name="Content">The turn's text; of a turn with <see cref="Parts"/> that of its text parts.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>The participant's name (<c>messages[].name</c>), by which turns of one role are told apart; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The content in its parts, where it is not text alone; empty for a text.</summary>
    public IReadOnlyList<ContentPart> Parts { get; init; } = [];

    /// <summary>The tools that an assistant turn calls; empty for none.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call whose result a "tool" turn is; null for every other turn.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Whether the turn is a text alone, without images, and has no part in a call of a tool.</summary>
    public bool IsText => Parts.Count == 0 && ToolCalls.Count == 0 && Role is not ("tool" or "function");
}

/// <summary>A call of a tool, as a model writes it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">The arguments as the model wrote them: JSON of an object, unless the model failed.</param>
public sealed record ToolCall(string Name, string Arguments)
{
    /// <summary>What the tool's turn refers to the call by; null where it has none, as in the older form.</summary>
    public string? Id { get; init; }

    /// <summary>Whether the call has the older form, <c>function_call</c>. Default false.</summary>
    public bool IsFunctionCall { get; init; }
}

/// <summary>A part of a turn's content: a <see cref="TextPart"/> or an <see cref="ImagePart"/>.</summary>
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ImagePart), "image")]
public abstract record ContentPart
{
    private protected ContentPart() { }
}

/// <summary>A text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : ContentPart;

/// <summary>An image.</summary>
/// <param name="Url">Where it is: an https address, a data URI, or a blob relative to the dataset's folder.</param>
public sealed record ImagePart(string Url) : ContentPart
{
    /// <summary>How closely the model looks ("low", "high", "auto"), in the row's words; null where it says nothing.</summary>
    public string? Detail { get; init; }
}
