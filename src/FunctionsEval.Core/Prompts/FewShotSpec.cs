using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Prompts;

/// <summary>Examples in the prompt, the same ones for every sample.</summary>
public sealed record FewShotSpec
{
    /// <summary>How many examples from the training file come before each sample, 1–64, the same ones for all.</summary>
    [IntegerField(Minimum = 1, Maximum = 64, Missing = "say how many examples")]
    [Example(5)]
    public required int Count { get; init; }

    /// <summary>Chooses which examples; the same seed chooses the same rows of the same file. Default 0.</summary>
    [IntegerField]
    [Example(7)]
    public long Seed { get; init; }
}
