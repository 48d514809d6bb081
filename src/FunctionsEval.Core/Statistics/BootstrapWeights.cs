using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    /// <summary>The uniform numbers are looked up by so many leading bits, in a table of 16 KB that the nearest cache holds.</summary>
    private const int CellBits = 11;

    private const int PlaceBits = 64 - CellBits;

    /// <summary>⌊8 E⌋ that the table gives where several are possible: more than any.</summary>
    private const ulong Ambiguous = 1 << (CellBits - 1);

    private const int BlockLength = 64;

    // e^(−1/8) in units of 2^-64, rounded to the nearest.
    private const ulong Decay = 0xe1eb51276c110c3c;

    /// <summary>The probabilities P(⌊8 E⌋ ≤ k), k = 0, 1, …, in units of 2^-64.</summary>
    internal static readonly ulong[] Cumulative = CreateCumulative();

    /// <summary>The largest weight there is, 685.</summary>
    public static int Max => (2 * Cumulative.Length) + 1;

    private static readonly ulong[] Cells = CreateCells();

    /// <summary>Fills <paramref name="weights"/> with the weights of replicates 0, 1, … of the sample with this key.</summary>
    public static void Fill(ulong sampleKey, Span<ushort> weights)
    {
        Span<ulong> uniforms = stackalloc ulong[BlockLength];
        ref var cells = ref MemoryMarshal.GetArrayDataReference(Cells);
        for (var start = 0; start < weights.Length; start += BlockLength)
        {
            var block = weights[start..Math.Min(start + BlockLength, weights.Length)];
            SplitMix64.Fill(sampleKey, start, uniforms[..block.Length]);
            for (var i = 0; i < block.Length; i++)
            {
                block[i] = Quantile(ref cells, uniforms[i]);
            }
        }
    }

    /// <summary>The weight of one replicate, as <see cref="Fill"/> gives it.</summary>
    public static ushort At(ulong sampleKey, int replicate) => Quantile(SplitMix64.At(sampleKey, replicate));

    /// <summary>The weight that a uniform number gives.</summary>
    internal static ushort Quantile(ulong uniform) => Quantile(ref MemoryMarshal.GetArrayDataReference(Cells), uniform);

    /// <summary>
    /// A cell holds at most one step of the quantile function, but for the last ones. So the number of the cell's first value and the
    /// distance of the step from the cell's end are one number, to which the place in the cell is added: what is carried over is the step.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Quantile(ref ulong cells, ulong uniform)
    {
        var cell = Unsafe.Add(ref cells, (nint)(uniform >> PlaceBits));
        var eighths = (cell + (uniform & ((1UL << PlaceBits) - 1))) >> PlaceBits;
        return eighths < Ambiguous ? (ushort)((2 * eighths) + 1) : (ushort)((2 * Search(uniform)) + 1);
    }

    private static int Search(ulong uniform)
    {
        var place = Array.BinarySearch(Cumulative, uniform);
        return place >= 0 ? place + 1 : ~place;
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

    private static ulong[] CreateCells()
    {
        var cells = new ulong[1 << CellBits];
        for (var i = 0; i < cells.Length; i++)
        {
            var first = (ulong)i << PlaceBits;
            var last = first | (ulong.MaxValue >> CellBits);
            var eighths = Search(first);
            cells[i] = (Search(last) - eighths) switch
            {
                0 => (ulong)eighths << PlaceBits,
                1 => ((ulong)eighths << PlaceBits) + (last - Cumulative[eighths] + 1),
                _ => Ambiguous << PlaceBits,
            };
        }

        return cells;
    }
}
