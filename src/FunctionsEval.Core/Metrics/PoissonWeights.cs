using System.Runtime.CompilerServices;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics;

/// <summary>
/// The weights of the Poisson bootstrap: how often a sample occurs in each replicate, distributed Poisson(1) and a function of
/// the sample's key and the replicate's number alone, so that no order, split or clock has a say in them. The uniform number
/// of replicate r is the r-th output of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014) seeded with the key; the weight is its quantile under Poisson(1), exact to 2^-64. The Poisson bootstrap is
/// Chamandy, Muralidharan, Najmi and Naidu, "Estimating Uncertainty for Massive Data Streams", 2012.
/// </summary>
internal static class PoissonWeights
{
    private const int LookupBits = 12;
    private const byte Ambiguous = byte.MaxValue;

    /// <summary>Cumulative probabilities P(X ≤ k) of Poisson(1), k = 0, 1, …, in units of 2^-64, rounded to the nearest.</summary>
    internal static readonly ulong[] Cumulative =
    [
        0x5e2d58d8b3bcdf1b, 0xbc5ab1b16779be35, 0xeb715e1dc1582dc3, 0xfb23979734a252f2, 0xff1025f59174dc3e,
        0xffd90f3ba4055e1a, 0xfffa8b71fc72c914, 0xffff540c0914b3ca, 0xffffed1f4aa8f120, 0xfffffe216e641463,
        0xffffffd4d85d3183, 0xfffffffc6da262b5, 0xffffffffba12d179, 0xfffffffffb07c64d, 0xffffffffffab8ea5,
        0xfffffffffffabe22, 0xffffffffffffb11a, 0xfffffffffffffba1, 0xffffffffffffffc5, 0xfffffffffffffffd,
    ];

    private static readonly byte[] Lookup = CreateLookup();

    /// <summary>Fills <paramref name="weights"/> with the weights of replicates 0, 1, … of the sample with this key.</summary>
    public static void Fill(ulong sampleKey, Span<long> weights)
    {
        var generator = new SplitMix64(sampleKey);
        for (var replicate = 0; replicate < weights.Length; replicate++)
        {
            weights[replicate] = Quantile(generator.Next());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Quantile(ulong uniform)
    {
        var weight = Lookup[uniform >> (64 - LookupBits)];
        return weight != Ambiguous ? weight : Search(uniform);
    }

    private static long Search(ulong uniform)
    {
        var weight = 0;
        while (weight < Cumulative.Length && uniform >= Cumulative[weight])
        {
            weight++;
        }

        return weight;
    }

    /// <summary>The weight by the uniform number's leading bits, where they decide it.</summary>
    private static byte[] CreateLookup()
    {
        var lookup = new byte[1 << LookupBits];
        for (var i = 0; i < lookup.Length; i++)
        {
            var first = (ulong)i << (64 - LookupBits);
            var last = first | (ulong.MaxValue >> LookupBits);
            var weight = Search(first);
            lookup[i] = weight == Search(last) ? (byte)weight : Ambiguous;
        }

        return lookup;
    }
}
