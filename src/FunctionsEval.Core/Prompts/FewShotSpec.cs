namespace FunctionsEval.Core.Prompts;

/// <summary>Examples in the prompt, the same ones for every sample.</summary>
public sealed record FewShotSpec
{
    /// <summary>How many, 1–64.</summary>
    public required int Count { get; init; }

    /// <summary>Chooses which; the same seed chooses the same rows of the same file. Default 0.</summary>
    public long Seed { get; init; }
}
