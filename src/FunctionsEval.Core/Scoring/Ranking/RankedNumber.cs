namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>A ranking metric's number.</summary>
/// <param name="Value">The number; NaN where it is undefined.</param>
/// <param name="Replicates">The number in every replicate; null without replicates.</param>
/// <param name="Samples">How many samples it rests on.</param>
/// <param name="MinClassSamples">How many samples the smaller side of its smallest contest has; null without contests.</param>
internal sealed record RankedNumber(double Value, double[]? Replicates, long Samples, long? MinClassSamples)
{
    /// <summary>The number over no samples.</summary>
    public static RankedNumber None { get; } = new(double.NaN, null, 0, 0);
}
