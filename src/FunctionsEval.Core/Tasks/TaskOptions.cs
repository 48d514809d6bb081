using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tasks;

/// <summary>The part of a spec that determines how a task reads rows and answers.</summary>
public sealed record TaskOptions
{
    /// <summary>The closed list of labels; empty for a task that has none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The label that counts as positive for binary metrics; null for none.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>How the probabilities of labels are obtained, where a metric needs them.</summary>
    public LabelProbabilityMethod LabelProbabilities { get; init; }

    /// <summary>How the model's text becomes a prediction.</summary>
    public ParsingSpec Parsing { get; init; } = new();
}
