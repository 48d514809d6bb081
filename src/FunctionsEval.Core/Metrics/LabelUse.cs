namespace FunctionsEval.Core.Metrics;

/// <summary>Which of its labels a metric has samples of.</summary>
/// <param name="Count">How many labels it looks at.</param>
/// <param name="WithoutSamples">Those that no sample has, in the order of the spec.</param>
public sealed record LabelUse(int Count, IReadOnlyList<string> WithoutSamples)
{
    /// <summary>No labels at all.</summary>
    public static LabelUse None { get; } = new(0, []);
}
