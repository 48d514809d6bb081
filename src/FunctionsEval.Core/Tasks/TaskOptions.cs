using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tasks;

/// <summary>What of a spec a task reads its rows and answers by.</summary>
public sealed record TaskOptions
{
    /// <summary>The closed list of labels; empty for a task that has none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The label that counts as positive for binary metrics; null for none.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>How the probabilities of labels are had, where a metric needs them.</summary>
    public LabelProbabilityMethod LabelProbabilities { get; init; }

    /// <summary>How the model's text becomes a prediction.</summary>
    public ParsingSpec Parsing { get; init; } = new();
}
