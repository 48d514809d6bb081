using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Golden.Reference;

/// <summary>Which differences count as more extreme.</summary>
internal enum Alternative
{
    /// <summary>Both directions.</summary>
    TwoSided,

    /// <summary>The first is greater than the second.</summary>
    Greater,

    /// <summary>The first is less than the second.</summary>
    Less,
}

/// <summary>Tests of two series of numbers measured on the same samples. Reference vectors hold them; no metric needs them.</summary>
internal static class PairedTests
{
    /// <summary>Pairs, at most, for which all 2^n sign flips are tried.</summary>
    public const int MaxExactPairs = 24;

    /// <summary>
    /// The exact sign-flip permutation test of the mean difference (Fisher, 1935): the share of all 2^n ways to swap the pairs whose
    /// mean difference is at least as extreme, ties within a relative 1e-14; two-sided is twice the smaller side, at most 1, as scipy's
    /// <c>permutation_test</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The series differ in length, are empty, or longer than
    /// <see cref="MaxExactPairs"/>.</exception>
    public static double PermutationPValue(ReadOnlySpan<double> first, ReadOnlySpan<double> second, Alternative alternative)
    {
        RequirePairs(first, second);
        if (first.Length > MaxExactPairs)
        {
            throw new ArgumentException($"The exact test takes at most {MaxExactPairs} pairs, got {first.Length}.", nameof(first));
        }

        var n = first.Length;
        var observed = Mean(first, second, 0);
        var slack = Math.Abs(observed) * 1e-14;
        long greater = 0,
            less = 0;
        for (var flips = 0L; flips < 1L << n; flips++)
        {
            var mean = Mean(first, second, flips);
            greater += mean >= observed - slack ? 1 : 0;
            less += mean <= observed + slack ? 1 : 0;
        }

        var permutations = (double)(1L << n);
        return alternative switch
        {
            Alternative.Greater => greater / permutations,
            Alternative.Less => less / permutations,
            _ => Math.Min(1, 2 * Math.Min(greater, less) / permutations),
        };
    }

    /// <summary>
    /// The same test on random sign flips from SplitMix64: (1 + extreme) ÷ (1 + flips) a side, as scipy with a finite number of resamples.
    /// </summary>
    /// <param name="first">The first series.</param>
    /// <param name="second">The second series.</param>
    /// <param name="flips">How many random ways to swap the pairs.</param>
    /// <param name="seed">Seed of the generator.</param>
    public static double RandomPermutationPValue(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int flips, ulong seed)
    {
        RequirePairs(first, second);
        var observed = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            observed += first[i] - second[i];
        }

        var slack = Math.Abs(observed) * 1e-14;
        var generator = new SplitMix64(seed);
        int greater = 0,
            less = 0;
        for (var flip = 0; flip < flips; flip++)
        {
            var sum = 0.0;
            ulong bits = 0;
            for (var i = 0; i < first.Length; i++)
            {
                bits = i % 64 == 0 ? generator.Next() : bits >> 1;
                sum += (bits & 1) == 0 ? first[i] - second[i] : second[i] - first[i];
            }

            greater += sum >= observed - slack ? 1 : 0;
            less += sum <= observed + slack ? 1 : 0;
        }

        return Math.Min(1, 2.0 * (1 + Math.Min(greater, less)) / (1 + flips));
    }

    /// <summary>The two-sided sign test (Arbuthnot, 1710): an exact binomial on the non-zero differences; 1 when there are none.</summary>
    public static double SignTestPValue(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        RequirePairs(first, second);
        long positive = 0,
            negative = 0;
        for (var i = 0; i < first.Length; i++)
        {
            positive += first[i] > second[i] ? 1 : 0;
            negative += first[i] < second[i] ? 1 : 0;
        }

        return McNemar.Exact(positive, negative);
    }

    /// <summary>
    /// Student's paired t test, two-sided; NaN for fewer than two pairs or when all differences are 0, ±∞ and 0 when they are equal
    /// otherwise.
    /// </summary>
    public static (double Statistic, double PValue) StudentT(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var (mean, standardError, degrees) = MeanDifference(first, second);
        var t = degrees < 1 ? double.NaN : mean / standardError;
        return (t, double.IsInfinity(t) ? 0 : SpecialFunctions.StudentTwoSided(t, degrees));
    }

    private static (double Mean, double StandardError, int Degrees) MeanDifference(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        RequirePairs(first, second);
        var mean = Mean(first, second, 0);
        var squares = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            var deviation = first[i] - second[i] - mean;
            squares += deviation * deviation;
        }

        return (mean, Math.Sqrt(squares / (first.Length - 1) / first.Length), first.Length - 1);
    }

    private static double Mean(ReadOnlySpan<double> first, ReadOnlySpan<double> second, long flips)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += ((flips >> i) & 1) == 0 ? first[i] - second[i] : second[i] - first[i];
        }

        return sum / first.Length;
    }

    private static void RequirePairs(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.IsEmpty)
        {
            throw new ArgumentException($"Pairs are needed, got {first.Length} and {second.Length} numbers.", nameof(second));
        }
    }
}
