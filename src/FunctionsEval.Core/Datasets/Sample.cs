using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>One row of a dataset that can be evaluated.</summary>
public sealed record Sample
{
    /// <summary>
    /// The row's own <c>id</c>, or the byte offset of its line when it has none; of a turn that is a sample, that and its number.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Byte offset in the dataset of the row's first byte.</summary>
    public required long Offset { get; init; }

    /// <summary>Which trained turn of its row it is; null where the row is one sample.</summary>
    public ConversationTurn? Turn { get; init; }

    /// <summary>
    /// The <see cref="Input"/> that the row would have as one sample, by which all its turns are found in a training file; null where it
    /// is one.
    /// </summary>
    public string? RowInput { get; init; }

    /// <summary>The conversation up to, and without, the reference answer; empty unless the row is in chat shape.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>
    /// The row's input as one text: <c>input</c>, <c>prompt</c>, or the last user turn of a chat row; empty for language modelling.
    /// </summary>
    public string Input { get; init; } = "";

    /// <summary>The acceptable answers, the first one being the canonical; for language modelling, the text to be scored.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>The choices of a question; empty for other tasks.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The right choices, by index from 0; empty for other tasks.</summary>
    public IReadOnlyList<int> GoldChoices { get; init; } = [];

    /// <summary>The tools that the row offers the model; null for none.</summary>
    public ToolSet? Tools { get; init; }

    /// <summary>Tags by which results can be sliced, for example language or channel.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The row's own fields, for prompt templates.</summary>
    public JsonElement Fields { get; init; }
}
