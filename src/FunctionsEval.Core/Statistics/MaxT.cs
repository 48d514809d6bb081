namespace FunctionsEval.Core.Statistics;

/// <summary>
/// The error that each of several comparisons may have so that all of them hold together: by the distribution of the largest of their
/// studentised deviations over shared bootstrap replicates (Westfall and Young, "Resampling-Based Multiple Testing", 1993; Romano and Wolf,
/// Econometrica 73, 2005). Comparisons that vary together need less correction than Bonferroni's, which is the most there is.
/// </summary>
public static class MaxT
{
    /// <summary>With fewer replicates the largest deviations say too little, and Bonferroni's correction stands.</summary>
    private const int MinReplicates = 40;

    /// <summary>The error of each two-sided comparison.</summary>
    /// <param name="replicates">By comparison: its estimate in each replicate; NaN where it is undefined. Each of them varies.</param>
    /// <param name="error">The error that all may have together, between 0 and 1.</param>
    /// <returns>Between <paramref name="error"/> ÷ comparisons and <paramref name="error"/>.</returns>
    public static double TwoSided(IReadOnlyList<double[]> replicates, double error)
    {
        ArgumentNullException.ThrowIfNull(replicates);
        return PerComparison(
            [.. replicates.Select(column => Deviations(column, deviation => Math.Abs(deviation)))],
            error,
            largest => SpecialFunctions.Erfc(largest / Math.Sqrt(2))
        );
    }

    /// <summary>The error of each one-sided comparison, which bounds an estimate from above.</summary>
    /// <inheritdoc cref="TwoSided"/>
    public static double OneSided(IReadOnlyList<double[]> replicates, double error)
    {
        ArgumentNullException.ThrowIfNull(replicates);
        return PerComparison(
            [.. replicates.Select(column => Deviations(column, deviation => -deviation))],
            error,
            largest => SpecialFunctions.Erfc(largest / Math.Sqrt(2)) / 2
        );
    }

    private static double PerComparison(double[][] deviations, double error, Func<double, double> tail)
    {
        if (deviations.Length <= 1)
        {
            return error;
        }

        var least = error / deviations.Length;
        var largest = Largest(deviations);

        // The quantile is itself estimated. One standard error of its place keeps chance in the replicates from costing coverage.
        var place = (int)Math.Ceiling(((1 - error) * (largest.Length + 1)) + Math.Sqrt(largest.Length * error * (1 - error)));
        if (largest.Length < MinReplicates || largest.Length * 2 < deviations[0].Length || place > largest.Length)
        {
            return least;
        }

        Array.Sort(largest);
        return Math.Clamp(tail(largest[place - 1]), least, error);
    }

    /// <summary>The largest deviation of each replicate in which all are defined.</summary>
    private static double[] Largest(double[][] deviations)
    {
        var largest = new List<double>(deviations[0].Length);
        for (var r = 0; r < deviations[0].Length; r++)
        {
            var most = double.NegativeInfinity;
            foreach (var column in deviations)
            {
                // NaN stays NaN.
                most = Math.Max(most, column[r]);
            }

            if (double.IsFinite(most))
            {
                largest.Add(most);
            }
        }

        return [.. largest];
    }

    private static double[] Deviations(double[] replicates, Func<double, double> side)
    {
        var (mean, deviation) = BootstrapInterval.Moments(Array.FindAll(replicates, double.IsFinite));
        return Array.ConvertAll(replicates, replicate => side((replicate - mean) / deviation));
    }
}
