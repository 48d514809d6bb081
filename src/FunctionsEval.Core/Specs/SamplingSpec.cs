namespace FunctionsEval.Core.Specs;

/// <summary>Sampling parameters; null leaves the endpoint's default.</summary>
public sealed record SamplingSpec
{
    /// <summary>Upper bound of answer tokens. Default 256.</summary>
    public int MaxOutputTokens { get; init; } = 256;

    /// <summary>Temperature, 0–2; null is not sent (some models refuse it). Default 0.</summary>
    public double? Temperature { get; init; } = 0;

    /// <summary>Nucleus sampling mass, 0–1.</summary>
    public double? TopP { get; init; }

    /// <summary>Seed, for endpoints that have one.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether to stream, so that time to first token is measured. Default false.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether to ask for log probabilities of the answer's tokens. Default false; always on for language modelling.</summary>
    public bool LogProbabilities { get; init; }
}
