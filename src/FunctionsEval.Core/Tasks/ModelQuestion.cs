using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks;

/// <summary>What a model is asked in one call.</summary>
public sealed record ModelQuestion
{
    /// <summary>The turns to answer; empty where a text is scored.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>The tools that the model may call; null for none.</summary>
    public ToolSet? Tools { get; init; }

    /// <summary>The text whose probability is asked for; null where the model writes an answer.</summary>
    public string? ScoredText { get; init; }

    /// <summary>How many characters at the beginning of <see cref="ScoredText"/> are context and are not scored. Default 0.</summary>
    public int ScoredFrom { get; init; }
}
