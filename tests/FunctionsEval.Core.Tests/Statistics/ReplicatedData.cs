namespace FunctionsEval.Core.Tests.Statistics;

/// <summary>
/// Estimates with replicates that share a part of their chance: sums of uniform numbers of the linear congruential generator
/// u ← 1103515245 u + 12345 mod 2³¹, which other languages reproduce to the bit.
/// </summary>
internal static class ReplicatedData
{
    /// <summary>The replicates of each estimate.</summary>
    public static double[][] Create(long seed, double[] values, int replicates, double common = 0.5, double scale = 0.03)
    {
        var columns = values.Select(_ => new double[replicates]).ToArray();
        for (var r = 0; r < replicates; r++)
        {
            var shared = Next() + Next() + Next() - 1.5;
            for (var i = 0; i < values.Length; i++)
            {
                var own = Next() + Next() + Next() - 1.5;
                columns[i][r] = values[i] + (scale * ((common * shared) + ((1 - common) * own)));
            }
        }

        return columns;

        double Next() => (seed = ((1103515245 * seed) + 12345) % 2147483648) / 2147483648.0;
    }
}
