using System.Numerics;
using System.Runtime.InteropServices;

namespace FunctionsEval.Core.Scoring;

/// <summary>Sums of one word over all bootstrap replicates, added to by vectors.</summary>
internal static class ReplicateColumn
{
    /// <summary>Adds weight × amount to each replicate's sum.</summary>
    public static void AddScaled(Span<long> column, ReadOnlySpan<long> weights, long amount)
    {
        var sums = MemoryMarshal.Cast<long, Vector<long>>(column);
        var factors = MemoryMarshal.Cast<long, Vector<long>>(weights);
        if (amount == 1)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += factors[i];
            }
        }
        else
        {
            var scale = new Vector<long>(amount);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += factors[i] * scale;
            }
        }

        for (var i = sums.Length * Vector<long>.Count; i < column.Length; i++)
        {
            column[i] += weights[i] * amount;
        }
    }

    /// <summary>Adds the sums of other samples.</summary>
    public static void Add(Span<long> column, ReadOnlySpan<long> other)
    {
        for (var i = 0; i < column.Length; i++)
        {
            column[i] += other[i];
        }
    }
}
