using System.Runtime.CompilerServices;

namespace FunctionsEval.Core.Statistics;

/// <summary>
/// The weights of the Bayesian bootstrap (Rubin, Annals of Statistics 9, 1981): each sample counts in each replicate with a weight
/// that is exponentially distributed, and a function of the sample's key and the replicate's number alone, so that no order, split or
/// clock has a say in it. No weight is 0, so no replicate loses a label or a slice that the samples have. Weights are odd numbers of
/// sixteenths, which sums keep as integers: w = 2 ⌊8 E⌋ + 1 with E standard exponential, the middle of E's interval. Their mean is
/// 16.02, their standard deviation 0.998 of it. The uniform number behind E is the r-th output of SplitMix64 (Steele, Lea and Flood,
/// OOPSLA 2014) seeded with the key.
/// </summary>
internal static class BootstrapWeights
{
    /// <summary>What a sample that counts once weighs.</summary>
    public const int One = 16;

    private const int LookupBits = 12;
    private const short Ambiguous = -1;

    // e^(−1/8) in units of 2^-64, rounded to the nearest.
    private const ulong Decay = 0xe1eb51276c110c3c;

    /// <summary>The probabilities P(⌊8 E⌋ ≤ k), k = 0, 1, …, in units of 2^-64.</summary>
    internal static readonly ulong[] Cumulative = CreateCumulative();

    private static readonly short[] Lookup = CreateLookup();

    /// <summary>Fills <paramref name="weights"/> with the weights of replicates 0, 1, … of the sample with this key.</summary>
    public static void Fill(ulong sampleKey, Span<long> weights)
    {
        var generator = new SplitMix64(sampleKey);
        for (var replicate = 0; replicate < weights.Length; replicate++)
        {
            weights[replicate] = Quantile(generator.Next());
        }
    }

    /// <summary>The weight of one replicate, as <see cref="Fill"/> gives it.</summary>
    public static long At(ulong sampleKey, int replicate) => Quantile(SplitMix64.At(sampleKey, replicate));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Quantile(ulong uniform)
    {
        var weight = Lookup[uniform >> (64 - LookupBits)];
        return weight != Ambiguous ? weight : Search(uniform);
    }

    private static long Search(ulong uniform)
    {
        var place = Array.BinarySearch(Cumulative, uniform);
        return (2 * (place >= 0 ? place + 1 : ~place)) + 1;
    }

    /// <summary>1 − e^(−(k + 1)/8) until the rest is below a unit. Only integers take part, so every machine has the same.</summary>
    private static ulong[] CreateCumulative()
    {
        var cumulative = new List<ulong>();
        for (var rest = Decay; rest > 0; rest = Math.BigMul(rest, Decay, out _))
        {
            cumulative.Add(0 - rest);
        }

        return [.. cumulative];
    }

    /// <summary>The weight by the uniform number's leading bits, where they decide it.</summary>
    private static short[] CreateLookup()
    {
        var lookup = new short[1 << LookupBits];
        for (var i = 0; i < lookup.Length; i++)
        {
            var first = (ulong)i << (64 - LookupBits);
            var last = first | (ulong.MaxValue >> LookupBits);
            var weight = Search(first);
            lookup[i] = weight == Search(last) ? (short)weight : Ambiguous;
        }

        return lookup;
    }
}
