namespace FunctionsEval.Core.Statistics;

/// <summary>
/// Intervals and p-values from Bayesian-bootstrap replicates of a smooth function of sums. docs/statistics.md says how they were chosen
/// and how often they cover.
/// </summary>
public static class BootstrapInterval
{
    private const double Rounding = 1e-9;

    /// <summary>
    /// The interval of a number. The replicates are moved so that their mean lies as far on the other side of the estimate as it lay on
    /// this one, which takes out the bias of ratios with small denominators; their percentiles are then read at levels that are shifted by
    /// twice the normal quantile of the share of replicates below their mean (Efron's bias correction, Canadian Journal of Statistics 9,
    /// 1981) and widened to Student's t (Hesterberg, The American Statistician 69, 2015).
    /// </summary>
    /// <param name="estimate">The number over the samples.</param>
    /// <param name="replicates">The number in each replicate; finite, not empty.</param>
    /// <param name="spread">What the replicates' spread falls short by.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    /// <returns>Bounds that hold the estimate between them.</returns>
    public static (double Lower, double Upper) OfEstimate(double estimate, ReadOnlySpan<double> replicates, Spread spread, double level)
    {
        var sorted = replicates.ToArray();
        Array.Sort(sorted);
        var mean = Mean(sorted);
        var below = (double)sorted.Count(replicate => replicate < mean) / sorted.Length;
        var skew = 2 * NormalQuantile(Math.Clamp(below, 0.01, 0.99));
        var reach = Reach(spread, level);
        var shift = (2 * estimate) - (2 * mean);
        return (
            Math.Min(estimate, shift + Percentile(sorted, Normal(skew - reach))),
            Math.Max(estimate, shift + Percentile(sorted, Normal(skew + reach)))
        );
    }

    /// <summary>
    /// The interval of a difference: Student's, around the difference less its bias, with the replicates' standard deviation.
    /// </summary>
    /// <inheritdoc cref="OfEstimate"/>
    public static (double Lower, double Upper) OfDifference(double estimate, ReadOnlySpan<double> replicates, Spread spread, double level)
    {
        var (mean, deviation) = Moments(replicates);
        var (centre, half) = ((2 * estimate) - mean, Reach(spread, level) * deviation);
        return (Math.Min(estimate, centre - half), Math.Max(estimate, centre + half));
    }

    /// <summary>
    /// The two-sided p-value of "no difference" that belongs to <see cref="OfDifference"/>: it is below 1 − level where that interval
    /// leaves 0 out. It is never below 2 ÷ (1 + replicates), since so few replicates say nothing of the tails beyond.
    /// </summary>
    /// <inheritdoc cref="OfEstimate"/>
    public static double PValue(double estimate, ReadOnlySpan<double> replicates, Spread spread)
    {
        var (mean, deviation) = Moments(replicates);
        var distance = (2 * estimate) - mean;

        // Between the estimate and the estimate less its bias the interval always holds 0.
        return distance * estimate <= 0
            ? 1
            : Math.Max(
                2.0 / (1 + replicates.Length),
                SpecialFunctions.StudentTwoSided(distance / (deviation * Math.Sqrt(spread.Inflation)), spread.DegreesOfFreedom)
            );
    }

    /// <summary>Mean and standard deviation of the replicates.</summary>
    public static (double Mean, double Deviation) Moments(ReadOnlySpan<double> replicates)
    {
        var mean = Mean(replicates);
        var squares = 0.0;
        foreach (var replicate in replicates)
        {
            squares += (replicate - mean) * (replicate - mean);
        }

        return (mean, Math.Sqrt(squares / replicates.Length));
    }

    /// <summary>Whether replicates differ by more than rounding: by 1e-9 of the larger of 1 and the number.</summary>
    internal static bool Vary(double estimate, ReadOnlySpan<double> replicates)
    {
        double least = double.PositiveInfinity,
            largest = double.NegativeInfinity;
        foreach (var replicate in replicates)
        {
            least = Math.Min(least, replicate);
            largest = Math.Max(largest, replicate);
        }

        return largest - least > Rounding * Math.Max(1, Math.Abs(estimate));
    }

    /// <summary>
    /// How far a number may be from one whose replicates have no spread, because every sample behaves alike: fewer than z² ÷ (n + z²) of
    /// all samples behave otherwise (Wilson's bound at 0 hits), and each could move the number by the whole range.
    /// </summary>
    /// <param name="independent">Independent samples that could each move the number by its whole range.</param>
    /// <param name="spread">Its leverage is how much more than a mean the number moves with one sample.</param>
    /// <param name="range">What the number can be at most, less what it can be at least.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    internal static double ReachOfConstant(double independent, Spread spread, double range, double level) =>
        ProportionInterval.Wilson(0, Math.Max(1, independent), level).Upper * spread.Leverage * range;

    /// <summary>
    /// By how much a variance of replicates falls short of one that the normal quantile could be used with: the square of t√f ÷ z. Infinite
    /// where <paramref name="spread"/> is that of one value or less.
    /// </summary>
    /// <param name="spread">What the replicates' spread falls short by.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    internal static double Widening(Spread spread, double level)
    {
        if (spread.DegreesOfFreedom <= 0)
        {
            return double.PositiveInfinity;
        }

        var ratio = Reach(spread, level) / SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        return ratio * ratio;
    }

    /// <summary>
    /// The quantile at <paramref name="share"/> (0–1) of ascending numbers: linear interpolation at (n − 1) × share (Hyndman and Fan's type
    /// 7).
    /// </summary>
    internal static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(sorted));
        var position = (sorted.Length - 1) * share;
        var below = Math.Clamp((int)Math.Floor(position), 0, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    /// <summary>How many standard deviations of the replicates an interval reaches to each side.</summary>
    private static double Reach(Spread spread, double level) =>
        Math.Sqrt(spread.Inflation) * SpecialFunctions.StudentUpperQuantile((1 - level) / 2, spread.DegreesOfFreedom);

    private static double Normal(double x) => SpecialFunctions.Erfc(-x / Math.Sqrt(2)) / 2;

    private static double NormalQuantile(double probability) =>
        probability <= 0.5 ? -SpecialFunctions.NormalUpperQuantile(probability) : SpecialFunctions.NormalUpperQuantile(1 - probability);
}
