using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Golden.Reference;

/// <summary>Intervals of a proportion that reference vectors have besides Wilson's, which is the app's.</summary>
internal static class ProportionIntervals
{
    /// <summary>Wilson's interval with continuity correction (Newcombe, Statistics in Medicine 17, 1998, method 4).</summary>
    public static (double Lower, double Upper) WilsonContinuityCorrected(long successes, long n, double level)
    {
        var z = SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        var p = (double)successes / n;
        var denominator = 2 * (n + (z * z));
        var centre = (2 * n * p) + (z * z);
        var lowerRoot = z * Math.Sqrt((z * z) - (1.0 / n) + (4 * n * p * (1 - p)) + ((4 * p) - 2));
        var upperRoot = z * Math.Sqrt((z * z) - (1.0 / n) + (4 * n * p * (1 - p)) - ((4 * p) - 2));
        return (successes == 0 ? 0 : (centre - 1 - lowerRoot) / denominator, successes == n ? 1 : (centre + 1 + upperRoot) / denominator);
    }

    /// <summary>Clopper and Pearson's exact interval (Biometrika 26, 1934), from quantiles of the beta distribution.</summary>
    public static (double Lower, double Upper) ClopperPearson(long successes, long n, double level)
    {
        var tail = (1 - level) / 2;
        var lower = successes == 0 ? 0 : SpecialFunctions.BetaQuantile(tail, successes, n - successes + 1);
        var upper = successes == n ? 1 : 1 - SpecialFunctions.BetaQuantile(tail, n - successes, successes + 1);
        return (lower, upper);
    }
}
