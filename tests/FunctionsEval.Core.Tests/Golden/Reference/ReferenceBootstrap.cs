using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Golden.Reference;

/// <summary>
/// Efron's bootstrap of a mean (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13), as reference vectors have it.
/// Metrics have the Bayesian one.
/// </summary>
internal static class ReferenceBootstrap
{
    /// <summary>The percentile interval, with linear interpolation between order statistics as numpy's default <c>percentile</c>.</summary>
    /// <param name="replicates">The statistic in each replicate, in any order; not empty, no NaN.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    public static (double Lower, double Upper) PercentileInterval(ReadOnlySpan<double> replicates, double level)
    {
        var sorted = replicates.ToArray();
        Array.Sort(sorted);
        var tail = (1 - level) / 2;
        return (BootstrapInterval.Percentile(sorted, tail), BootstrapInterval.Percentile(sorted, 1 - tail));
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
