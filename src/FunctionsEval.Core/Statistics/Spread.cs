namespace FunctionsEval.Core.Statistics;

/// <summary>How far bootstrap replicates fall short of a number's real spread, which a resample of few values always does.</summary>
/// <param name="Inflation">What the replicates' variance is multiplied by; n ÷ (n − 1) for a mean of n values.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of Student's t; n − 1 for a mean of n values.</param>
/// <param name="Leverage">How much more than a mean of n values the number can move with one of them. Default 1.</param>
public readonly record struct Spread(double Inflation, double DegreesOfFreedom, double Leverage = 1)
{
    /// <summary>That of a mean of <paramref name="n"/> values.</summary>
    public static Spread OfMean(double n) => new(n / (n - 1), n - 1);

    /// <summary>
    /// That of a mean over groups of means within them: each group's variance is short by its own (nₖ − 1) ÷ nₖ. The degrees of freedom
    /// are Satterthwaite's (Biometrics Bulletin 2, 1946) for groups of equal variance. Infinite where every group has one value.
    /// </summary>
    /// <param name="sizes">How many values each group has; groups of 0 take no part.</param>
    public static Spread OfGroups(ReadOnlySpan<double> sizes)
    {
        double variance = 0,
            estimated = 0,
            squares = 0,
            total = 0;
        double groups = 0,
            smallest = double.PositiveInfinity;
        foreach (var size in sizes)
        {
            if (size > 0)
            {
                variance += 1.0 / size;
                estimated += Math.Max(size - 1, 0) / size / size;
                squares += 1.0 / size / size / Math.Max(size - 1, 0.5);
                total += size;
                groups++;
                smallest = Math.Min(smallest, size);
            }
        }

        return new Spread(variance / estimated, variance * variance / squares, total / groups / smallest);
    }
}
