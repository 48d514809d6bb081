using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>What is asked of a model for one sample.</summary>
internal sealed record ModelRequest
{
    /// <summary>The conversation. May be empty when <see cref="ScoredText"/> is given.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>The tools that the model may call; null for none.</summary>
    public ToolSet? Tools { get; init; }

    /// <summary>Whether it calls them, if there are any; null leaves that to the endpoint.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>The form of the answer; null leaves that to the endpoint.</summary>
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>
    /// The text to assign a probability to. A model whose protocol scores texts scores this very text; another gives the probability of its
    /// own answer to <see cref="Messages"/> (to this text when there are none).
    /// </summary>
    public string? ScoredText { get; init; }

    /// <summary>Texts to embed, for a model with a protocol that gives embeddings.</summary>
    public IReadOnlyList<string> EmbeddedTexts { get; init; } = [];

    /// <summary>Sampling parameters.</summary>
    public SamplingSpec Sampling { get; init; } = new();

    /// <summary>
    /// Where in <see cref="ScoredText"/> the part begins whose probability is wanted, in UTF-16 units; what comes before is given. A token
    /// across the border counts to the part. Needs an endpoint that says where tokens are.
    /// </summary>
    public int ScoredFrom { get; init; }

    /// <summary>Whether the top log probabilities of each token of the answer are wanted.</summary>
    public bool TopLogProbabilities { get; init; }

    /// <summary>The metric for which a judge is asked; null for the model that is evaluated.</summary>
    public string? Grader { get; init; }

    /// <summary>The markers of reasoning in the answer's text.</summary>
    public ReasoningMarkers Markers { get; init; } = ReasoningMarkers.All;

    /// <summary>Whether the model may call tools, or a turn before has called some.</summary>
    public bool HasTools => Tools is not null || Messages.Any(turn => turn.ToolCalls.Count > 0 || turn.Role is "tool" or "function");

    /// <summary>The images of the conversation.</summary>
    public IEnumerable<ImagePart> Images => Messages.SelectMany(turn => turn.Parts).OfType<ImagePart>();

    /// <summary>The conversation as one text, as the completions API gets it.</summary>
    public string Prompt => string.Join("\n\n", Messages.Select(message => message.Content));

    /// <summary>Never the text, because this record may get into logs and exceptions by accident.</summary>
    public override string ToString() => $"{nameof(ModelRequest)} ({Messages.Count} messages)";
}
