namespace FunctionsEval.Core.Metrics;

/// <summary>
/// Numbers that are not integers, as integers: in units of 2^-36, so that their sum is exact and 134 million values of at
/// most 1 fit in 64 bits. The rounding error of one value is at most 7.3e-12 and averages out over samples.
/// </summary>
internal static class FixedPoint
{
    /// <summary>Units in 1.</summary>
    public const long One = 1L << 36;

    /// <summary>Rounds a number between −1 and 1 (halves to even).</summary>
    public static long FromUnit(double value) => (long)Math.Round(value * One);

    /// <summary>Back to a number.</summary>
    public static double ToDouble(long units) => units / (double)One;

    /// <summary>Splits a finite number of any size into its floor and the rest in units, each of which is summed on its own.</summary>
    public static (long Whole, long Units) Split(double value)
    {
        var floor = Math.Floor(value);
        return ((long)floor, (long)Math.Round((value - floor) * One));
    }

    /// <summary>The number that two sums of <see cref="Split"/> parts stand for.</summary>
    public static double Join(long whole, long units) => whole + (units / One) + ((units % One) / (double)One);
}
