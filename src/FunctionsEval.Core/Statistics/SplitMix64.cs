using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FunctionsEval.Core.Statistics;

/// <summary>The generator SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).</summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    private ulong _state = seed;

    /// <summary>The next 64 uniform bits.</summary>
    public ulong Next() => Mix(_state = unchecked(_state + Step));

    /// <summary>What <see cref="Next"/> gives of a seed after <paramref name="index"/> others, from 0.</summary>
    public static ulong At(ulong seed, int index) => Mix(unchecked(seed + (((ulong)index + 1) * Step)));

    /// <summary>What <see cref="At"/> gives from <paramref name="index"/> on.</summary>
    public static void Fill(ulong seed, int index, Span<ulong> outputs)
    {
        // Without instructions for products of 64 bits (AVX-512) vectors are slower than numbers one by one.
        var done = Vector512.IsHardwareAccelerated ? FillVectors(seed, index, outputs) : 0;
        for (; done < outputs.Length; done++)
        {
            outputs[done] = At(seed, index + done);
        }
    }

    /// <summary>Fills as many outputs as whole vectors hold, and returns how many.</summary>
    internal static int FillVectors(ulong seed, int index, Span<ulong> outputs)
    {
        var states = Vector512.Create(unchecked(seed + ((ulong)index * Step))) + ((Vector512<ulong>.Indices + Vector512<ulong>.One) * Step);
        var vectors = MemoryMarshal.Cast<ulong, Vector512<ulong>>(outputs);
        for (var i = 0; i < vectors.Length; i++)
        {
            var mixed = (states ^ (states >>> 30)) * First;
            mixed = (mixed ^ (mixed >>> 27)) * Second;
            vectors[i] = mixed ^ (mixed >>> 31);
            states += Vector512.Create(unchecked((ulong)Vector512<ulong>.Count * Step));
        }

        return vectors.Length * Vector512<ulong>.Count;
    }

    private static ulong Mix(ulong state)
    {
        unchecked
        {
            var mixed = (state ^ (state >> 30)) * First;
            mixed = (mixed ^ (mixed >> 27)) * Second;
            return mixed ^ (mixed >> 31);
        }
    }
}
