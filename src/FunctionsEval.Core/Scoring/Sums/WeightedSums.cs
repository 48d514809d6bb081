using System.Numerics;
using System.Runtime.InteropServices;

namespace FunctionsEval.Core.Scoring.Sums;

/// <summary>
/// Adds weight × amount of many samples to the sums of all replicates. Weights have 10 bits. So <see cref="WeightBatch.Capacity"/> of them
/// add up within 16 bits, and their products with amounts of 16 bits within 32; the sum goes into 64 bits once. Sums of whole numbers do
/// not depend on their order, so vectors of any width give the same bits.
/// </summary>
internal static class WeightedSums
{
    /// <summary>Two vectors of weights, whatever their width, fill this many or a part of it.</summary>
    private const int Block = 64;

    /// <summary>Larger amounts are added in limbs of so many bits.</summary>
    private const int LimbBits = 15;

    /// <summary>Adds the samples.</summary>
    /// <param name="column">The sums.</param>
    /// <param name="weights">The weights, a sample's where its place says, with zeros up to <see cref="PaddedLength"/>.</param>
    /// <param name="places">Where the samples' weights begin; at most <see cref="WeightBatch.Capacity"/>.</param>
    /// <param name="amounts">The samples' amounts.</param>
    public static void Add(Span<long> column, ReadOnlySpan<ushort> weights, ReadOnlySpan<int> places, ReadOnlySpan<long> amounts)
    {
        if (amounts.Length > 1 && !amounts.ContainsAnyExcept(amounts[0]))
        {
            Span<ushort> sums = stackalloc ushort[PaddedLength(column.Length)];
            SumEqual(weights, places, sums);
            AddProducts(column, sums, [0], amounts[..1]);
            return;
        }

        AddProducts(column, weights, places, amounts);
    }

    /// <summary>The length of some weights with the zeros behind them.</summary>
    public static int PaddedLength(int replicates) => (replicates + Block - 1) / Block * Block;

    private static void AddProducts(Span<long> column, ReadOnlySpan<ushort> weights, ReadOnlySpan<int> places, ReadOnlySpan<long> amounts)
    {
        Span<int> products = stackalloc int[PaddedLength(column.Length)];
        Span<int> limbs = stackalloc int[amounts.Length];
        Span<long> rest = stackalloc long[amounts.Length];
        amounts.CopyTo(rest);
        var isLast = false;
        for (var shift = 0; !isLast; shift += LimbBits)
        {
            // The last limb has the sign.
            isLast = !rest.ContainsAnyExceptInRange(-1L << LimbBits, (1L << LimbBits) - 1);
            for (var i = 0; i < limbs.Length; i++)
            {
                limbs[i] = isLast ? (int)rest[i] : (int)(rest[i] & ((1L << LimbBits) - 1));
                rest[i] >>= LimbBits;
            }

            SumProducts(weights, places, limbs, products);
            AddShifted(column, products, shift);
        }
    }

    private static void SumEqual(ReadOnlySpan<ushort> weights, ReadOnlySpan<int> places, Span<ushort> sums)
    {
        ref var origin = ref MemoryMarshal.GetReference(weights);
        var into = MemoryMarshal.Cast<ushort, Vector<ushort>>(sums);
        for (var i = 0; i < into.Length; i += 2)
        {
            var (first, second) = (Vector<ushort>.Zero, Vector<ushort>.Zero);
            foreach (var place in places)
            {
                var at = (nuint)(place + (i * Vector<ushort>.Count));
                first += Vector.LoadUnsafe(ref origin, at);
                second += Vector.LoadUnsafe(ref origin, at + (nuint)Vector<ushort>.Count);
            }

            (into[i], into[i + 1]) = (first, second);
        }
    }

    private static void SumProducts(ReadOnlySpan<ushort> weights, ReadOnlySpan<int> places, ReadOnlySpan<int> limbs, Span<int> sums)
    {
        ref var origin = ref MemoryMarshal.GetReference(weights);
        var into = MemoryMarshal.Cast<int, Vector<int>>(sums);
        limbs = limbs[..places.Length];
        for (var i = 0; i < into.Length; i += 4)
        {
            var (first, second) = (Vector<int>.Zero, Vector<int>.Zero);
            var (third, fourth) = (Vector<int>.Zero, Vector<int>.Zero);
            for (var sample = 0; sample < limbs.Length; sample++)
            {
                var at = (nuint)(places[sample] + (i * Vector<int>.Count));
                var limb = new Vector<int>(limbs[sample]);
                Vector.Widen(Vector.LoadUnsafe(ref origin, at), out var low, out var high);
                first += Vector.AsVectorInt32(low) * limb;
                second += Vector.AsVectorInt32(high) * limb;
                Vector.Widen(Vector.LoadUnsafe(ref origin, at + (nuint)Vector<ushort>.Count), out low, out high);
                third += Vector.AsVectorInt32(low) * limb;
                fourth += Vector.AsVectorInt32(high) * limb;
            }

            (into[i], into[i + 1], into[i + 2], into[i + 3]) = (first, second, third, fourth);
        }
    }

    private static void AddShifted(Span<long> column, ReadOnlySpan<int> sums, int shift)
    {
        var into = MemoryMarshal.Cast<long, Vector<long>>(column);
        var from = MemoryMarshal.Cast<int, Vector<int>>(sums);
        for (int i = 0, vector = 0; i + 1 < into.Length; i += 2, vector++)
        {
            Vector.Widen(from[vector], out var low, out var high);
            into[i] += low << shift;
            into[i + 1] += high << shift;
        }

        for (var r = into.Length / 2 * Vector<int>.Count; r < column.Length; r++)
        {
            column[r] = unchecked(column[r] + ((long)sums[r] << shift));
        }
    }
}
