namespace FunctionsEval.Core.Statistics;

/// <summary>The interval of a proportion, as scipy's <c>binomtest(...).proportion_ci</c> gives it.</summary>
public static class ProportionInterval
{
    /// <summary>Wilson's score interval (Journal of the American Statistical Association 22, 1927).</summary>
    /// <param name="successes">Hits, 0 to <paramref name="n"/>; a fraction where trials depend on each other.</param>
    /// <param name="n">Trials, greater than 0.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    public static (double Lower, double Upper) Wilson(double successes, double n, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
        var z = SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        var p = successes / n;
        var denominator = 2 * (n + (z * z));
        var centre = ((2 * n * p) + (z * z)) / denominator;
        var halfWidth = z * Math.Sqrt((z * z) + (4 * n * p * (1 - p))) / denominator;
        return (successes == 0 ? 0 : centre - halfWidth, successes == n ? 1 : centre + halfWidth);
    }
}
