using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Golden.Reference;

/// <summary>Variants of McNemar's test that reference vectors have besides the exact one, which is the app's.</summary>
internal static class McNemarVariants
{
    /// <summary>
    /// The mid-p test (Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13, 2013); NaN without discordant samples.
    /// </summary>
    public static double MidP(long onlyFirst, long onlySecond)
    {
        var n = onlyFirst + onlySecond;
        if (n == 0)
        {
            return double.NaN;
        }

        var rarer = Math.Min(onlyFirst, onlySecond);
        return Math.Min(1, LowerTail(rarer, n) + LowerTail(rarer - 1, n));
    }

    /// <summary>The χ² statistic with one degree of freedom and its p-value; NaN without discordant samples.</summary>
    /// <param name="onlyFirst">Samples that only the first got right.</param>
    /// <param name="onlySecond">Samples that only the second got right.</param>
    /// <param name="continuityCorrection">Whether |b − c| is reduced by 1, but not below 0 (Edwards, 1948).</param>
    public static (double Statistic, double PValue) ChiSquared(long onlyFirst, long onlySecond, bool continuityCorrection)
    {
        var n = onlyFirst + onlySecond;
        if (n == 0)
        {
            return (double.NaN, double.NaN);
        }

        double gap = Math.Abs(onlyFirst - onlySecond);
        gap = continuityCorrection ? Math.Max(gap - 1, 0) : gap;
        var statistic = gap * gap / n;
        return (statistic, SpecialFunctions.Erfc(Math.Sqrt(statistic / 2)));
    }

    /// <summary>P(X ≤ k) of a binomial with n trials and p = ½.</summary>
    private static double LowerTail(long k, long n) =>
        k < 0 ? 0
        : k >= n ? 1
        : SpecialFunctions.BetaRegularized(0.5, n - k, k + 1);
}
