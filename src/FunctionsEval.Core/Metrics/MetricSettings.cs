using System.Text.Json;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics;

/// <summary>What else of a spec its metrics depend on.</summary>
public sealed record MetricSettings
{
    /// <summary>The closed list of labels; empty for none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The label that counts as positive for binary numbers; null for none.</summary>
    public string? PositiveLabel { get; init; }

    /// <summary>The members of the reference that the spec names; empty for none.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The JSON schema that the spec asks answers to have; null for none.</summary>
    public JsonElement? AnswerSchema { get; init; }

    /// <summary>How often each sample is answered. Default 1.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>How the probabilities of labels are obtained.</summary>
    public LabelProbabilityMethod LabelProbabilities { get; init; }

    /// <summary>Whether the run has a baseline, whose answers a metric can compare with. Default true.</summary>
    public bool HasBaseline { get; init; } = true;
}
