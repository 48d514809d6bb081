namespace FunctionsEval.Core.Statistics;

/// <summary>
/// McNemar's tests of two classifiers on the same samples (Psychometrika 12, 1947), from the samples that only one of them got
/// right. Two-sided throughout.
/// </summary>
public static class McNemar
{
    /// <summary>The exact test: a binomial with p = ½ on the discordant samples; 1 when there are none.</summary>
    public static double Exact(long onlyFirst, long onlySecond)
    {
        var n = onlyFirst + onlySecond;
        return n == 0 ? 1 : Math.Min(1, 2 * LowerTail(Math.Min(onlyFirst, onlySecond), n));
    }

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
        return Math.Min(1, (2 * LowerTail(rarer, n)) - SpecialFunctions.BinomialProbability(rarer, n, 0.5));
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
    private static double LowerTail(long k, long n) => k >= n ? 1 : SpecialFunctions.BetaRegularized(0.5, n - k, k + 1);
}
