namespace FunctionsEval.Core.Statistics;

/// <summary>
/// McNemar's test of two classifiers on the same samples (Psychometrika 12, 1947), from the samples that only one of them got
/// right. Two-sided.
/// </summary>
public static class McNemar
{
    /// <summary>The exact test: a binomial with p = ½ on the discordant samples; 1 when there are none.</summary>
    public static double Exact(long onlyFirst, long onlySecond)
    {
        var n = onlyFirst + onlySecond;
        return n == 0 ? 1 : Math.Min(1, 2 * LowerTail(Math.Min(onlyFirst, onlySecond), n));
    }

    /// <summary>P(X ≤ k) of a binomial with n trials and p = ½.</summary>
    private static double LowerTail(long k, long n) => k >= n ? 1 : SpecialFunctions.BetaRegularized(0.5, n - k, k + 1);
}
