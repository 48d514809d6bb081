namespace FunctionsEval.Core.Statistics;

/// <summary>The generator SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).</summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The next 64 uniform bits.</summary>
    public ulong Next() => Mix(_state = unchecked(_state + Step));

    /// <summary>What <see cref="Next"/> gives of a seed after <paramref name="index"/> others, from 0.</summary>
    public static ulong At(ulong seed, int index) => Mix(unchecked(seed + (((ulong)index + 1) * Step)));

    private static ulong Mix(ulong state)
    {
        unchecked
        {
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
