namespace FunctionsEval.Core.Statistics;

/// <summary>Intervals of a proportion, as scipy's <c>binomtest(...).proportion_ci</c> gives them.</summary>
public static class ProportionInterval
{
    /// <summary>Wilson's score interval (Journal of the American Statistical Association 22, 1927).</summary>
    /// <param name="successes">Hits, 0 to <paramref name="n"/>; a fraction where trials depend on each other.</param>
    /// <param name="n">Trials, greater than 0.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    public static (double Lower, double Upper) Wilson(double successes, double n, double level)
    {
        Require(successes, n);
        var z = SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        var p = successes / n;
        var denominator = 2 * (n + (z * z));
        var centre = ((2 * n * p) + (z * z)) / denominator;
        var halfWidth = z * Math.Sqrt((z * z) + (4 * n * p * (1 - p))) / denominator;
        return (successes == 0 ? 0 : centre - halfWidth, successes == n ? 1 : centre + halfWidth);
    }

    /// <summary>Wilson's interval with continuity correction (Newcombe, Statistics in Medicine 17, 1998, method 4).</summary>
    /// <inheritdoc cref="Wilson"/>
    public static (double Lower, double Upper) WilsonContinuityCorrected(long successes, long n, double level)
    {
        Require(successes, n);
        var z = SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        var p = (double)successes / n;
        var denominator = 2 * (n + (z * z));
        var centre = (2 * n * p) + (z * z);
        var lowerRoot = z * Math.Sqrt((z * z) - (1.0 / n) + (4 * n * p * (1 - p)) + ((4 * p) - 2));
        var upperRoot = z * Math.Sqrt((z * z) - (1.0 / n) + (4 * n * p * (1 - p)) - ((4 * p) - 2));
        return (successes == 0 ? 0 : (centre - 1 - lowerRoot) / denominator, successes == n ? 1 : (centre + 1 + upperRoot) / denominator);
    }

    /// <summary>Clopper and Pearson's exact interval (Biometrika 26, 1934), from quantiles of the beta distribution.</summary>
    /// <inheritdoc cref="Wilson"/>
    public static (double Lower, double Upper) ClopperPearson(long successes, long n, double level)
    {
        Require(successes, n);
        var tail = (1 - level) / 2;
        var lower = successes == 0 ? 0 : SpecialFunctions.BetaQuantile(tail, successes, n - successes + 1);
        var upper = successes == n ? 1 : 1 - SpecialFunctions.BetaQuantile(tail, n - successes, successes + 1);
        return (lower, upper);
    }

    private static void Require(double successes, double n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
    }
}
