namespace FunctionsEval.Core.Statistics;

/// <summary>
/// What is read off bootstrap replicates (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 16).
/// </summary>
public static class Bootstrap
{
    /// <summary>The percentile interval, with linear interpolation between order statistics as numpy's default <c>percentile</c>.</summary>
    /// <param name="replicates">The statistic in each replicate, in any order; not empty, no NaN.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    public static (double Lower, double Upper) PercentileInterval(ReadOnlySpan<double> replicates, double level)
    {
        var sorted = replicates.ToArray();
        Array.Sort(sorted);
        var tail = (1 - level) / 2;
        return (Percentile(sorted, tail), Percentile(sorted, 1 - tail));
    }

    /// <summary>
    /// The quantile at <paramref name="share"/> (0–1) of ascending numbers: linear interpolation at (n − 1) × share (Hyndman and Fan's type
    /// 7).
    /// </summary>
    public static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(sorted));
        var position = (sorted.Length - 1) * share;
        var below = Math.Clamp((int)Math.Floor(position), 0, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }

    /// <summary>
    /// The means of resamples of all values with replacement (Efron's bootstrap), for series that fit in memory. To resample pairs,
    /// pass their differences.
    /// </summary>
    /// <param name="values">The values; not empty.</param>
    /// <param name="replicates">How many resamples.</param>
    /// <param name="seed">Seed of the generator, SplitMix64.</param>
    public static double[] ResampledMeans(ReadOnlySpan<double> values, int replicates, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length, nameof(values));
        var generator = new SplitMix64(seed);
        var means = new double[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++)
            {
                sum += values[(int)Math.BigMul(generator.Next(), (ulong)values.Length, out _)];
            }

            means[replicate] = sum / values.Length;
        }

        return means;
    }
}
