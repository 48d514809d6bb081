using System.Globalization;

namespace FunctionsEval.Core.Metrics.Words;

/// <summary>
/// The texts of numbers in one unit, as people read them: <c>87.0 %</c>, <c>+43.5 points</c>, <c>1.7 × 10³²</c>, <c>0.19 USD</c>. Digits follow
/// the width of the interval: two significant digits of half of it. A share that is not all or nothing never reads as <c>100 %</c> or
/// <c>0 %</c>, whatever its interval. Nothing else in the project rounds a number that people read.
/// </summary>
/// <param name="unit">How the numbers are read.</param>
/// <param name="currency">The currency of <see cref="MetricUnit.Money"/>; null for none.</param>
public sealed class NumberText(MetricUnit unit, string? currency = null)
{
    /// <summary>A share of samples is never nearer to 0 or 1 without being it; what is nearer is what doubles make of a sum.</summary>
    private const double ShareNoise = 1e-9;

    private readonly int _factor = unit == MetricUnit.Share ? 100 : 1;

    private bool IsInPoints => unit is MetricUnit.Share or MetricUnit.Score;

    private string Suffix =>
        unit switch
        {
            MetricUnit.Share => " %",
            MetricUnit.Milliseconds => " ms",
            MetricUnit.Tokens => " tokens",
            MetricUnit.Characters => " characters",
            MetricUnit.Words => " words",
            MetricUnit.Money when currency is { Length: > 0 } => " " + currency,
            _ => "",
        };

    /// <summary>A value: <c>92.3 %</c>.</summary>
    /// <param name="value">The value; NaN is <c>undefined</c>.</param>
    /// <param name="lower">Lower bound of its interval; null without one.</param>
    /// <param name="upper">Upper bound of its interval; null without one.</param>
    /// <param name="apart">Numbers that it is compared with: it never reads as equal to one that it is below or above.</param>
    public string Value(double value, double? lower = null, double? upper = null, params ReadOnlySpan<double> apart) =>
        ValueNumber(value, lower, upper, apart) + (double.IsFinite(value) ? Suffix : "");

    /// <summary>An interval of values: <c>91.3 to 93.2 %</c>.</summary>
    /// <param name="lower">Its lower bound.</param>
    /// <param name="upper">Its upper bound.</param>
    /// <param name="apart">Numbers that its bounds are compared with.</param>
    public string Interval(double lower, double upper, params ReadOnlySpan<double> apart) =>
        $"{ValueNumber(lower, lower, upper, apart)} to {ValueNumber(upper, lower, upper, apart)}{Suffix}";

    /// <summary>An interval of differences, without the unit: <c>−1.3 to 3.2</c>.</summary>
    /// <param name="lower">Its lower bound.</param>
    /// <param name="upper">Its upper bound.</param>
    /// <param name="apart">Numbers that its bounds are compared with.</param>
    public string Bounds(double lower, double upper, params ReadOnlySpan<double> apart) =>
        $"{Number(lower, lower, upper, apart)} to {Number(upper, lower, upper, apart)}";

    /// <summary>A difference with its sign: <c>+43.5 points</c>, <c>−3 ms</c>.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="lower">Lower bound of its interval; null without one.</param>
    /// <param name="upper">Upper bound of its interval; null without one.</param>
    public string Difference(double difference, double? lower = null, double? upper = null)
    {
        var amount = Amount(difference, lower, upper);
        return amount[0] != '−' && amount.Any(character => character is > '0' and <= '9' or '∞') ? "+" + amount : amount;
    }

    /// <summary>How much something differs, where words say the direction: <c>43.5 points</c>.</summary>
    /// <param name="difference">The amount.</param>
    /// <param name="lower">Lower bound of its interval; null without one.</param>
    /// <param name="upper">Upper bound of its interval; null without one.</param>
    /// <param name="apart">Amounts that it is compared with.</param>
    public string Amount(double difference, double? lower = null, double? upper = null, params ReadOnlySpan<double> apart) =>
        Number(difference, lower, upper, apart) + (double.IsFinite(difference) ? SuffixOfDifference() : "");

    /// <summary>A bound as the spec writes it: <c>88 %</c>.</summary>
    /// <param name="bound">The bound.</param>
    public string Bound(double bound) => RoundedNumber.Exact(bound, _factor) + Suffix;

    /// <summary>A margin of a difference as the spec writes it: <c>1 point</c>, <c>2.5 points</c>.</summary>
    /// <param name="margin">The margin.</param>
    public string Margin(double margin)
    {
        var number = RoundedNumber.Exact(margin, _factor);
        return number + (number == "1" && IsInPoints ? " point" : SuffixOfDifference());
    }

    /// <summary>A share of samples: <c>97.0 %</c>, <c>99.97 %</c>.</summary>
    /// <param name="share">The share, 0–1.</param>
    /// <param name="apart">Shares that it is compared with.</param>
    public static string Share(double share, params ReadOnlySpan<double> apart) =>
        new NumberText(MetricUnit.Share).Value(share, null, null, apart);

    /// <summary>How many there are: <c>3,080</c>.</summary>
    /// <param name="count">The count.</param>
    public static string Count(long count) =>
        (count < 0 ? "−" : "") + Math.Abs((decimal)count).ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>An amount of money: <c>0.19 USD</c>; two digits behind the point, and more where it is less than 10 cents.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="currency">Its currency; null for none.</param>
    public static string Money(double amount, string? currency) => new NumberText(MetricUnit.Money, currency).Value(amount);

    /// <summary>
    /// A latency out of a histogram whose buckets are 5 % wide, which gives two significant digits: <c>43 ms</c>, <c>0.20 s</c>, <c>12 s</c>.
    /// </summary>
    /// <param name="milliseconds">Milliseconds.</param>
    public static string Latency(double milliseconds)
    {
        // 99.6 ms would be 100 ms, which has three digits.
        var (amount, suffix) = milliseconds < 99.5 ? (milliseconds, " ms") : (milliseconds / 1000, " s");
        return RoundedNumber.Format(amount, 1, RoundedNumber.DecimalsOf(amount, 2), []) + suffix;
    }

    /// <summary>How long something took: <c>0.4 s</c>, <c>21 s</c>, <c>2 min 14 s</c>, <c>3 h 5 min</c>.</summary>
    /// <param name="duration">The time; less than 0 counts as 0.</param>
    public static string Duration(TimeSpan duration)
    {
        if (duration.TotalSeconds < 9.95)
        {
            return Math.Max(0, duration.TotalSeconds).ToString("0.0", CultureInfo.InvariantCulture) + " s";
        }

        var seconds = (long)Math.Round(duration.TotalSeconds);
        return seconds < 60 ? $"{seconds} s"
            : seconds < 3600 ? $"{seconds / 60} min{(seconds % 60 == 0 ? "" : $" {seconds % 60} s")}"
            : $"{Count(seconds / 3600)} h{(seconds / 60 % 60 == 0 ? "" : $" {seconds / 60 % 60} min")}";
    }

    /// <summary>A p-value: <c>p = 0.034</c>, <c>p &lt; 0.001</c>, <c>p ≤ 0.002</c>.</summary>
    /// <param name="p">The p-value.</param>
    /// <param name="isBound">Whether it is only an upper bound.</param>
    /// <param name="apart">A level that it is compared with.</param>
    public static string PValue(double p, bool isBound, params ReadOnlySpan<double> apart) =>
        isBound ? $"p ≤ {RoundedNumber.Format(p, 1, Math.Max(3, RoundedNumber.DecimalsOf(p, 1)), apart)}"
        : p < 0.001 && (apart.IsEmpty || apart[0] >= 0.001) ? "p < 0.001"
        : $"p = {RoundedNumber.Format(p, 1, 3, apart)}";

    /// <summary>What stands at a tick of an axis: <c>90 %</c>.</summary>
    /// <param name="value">Where the tick is.</param>
    /// <param name="step">How far it is to the next.</param>
    internal string Tick(double value, double step) =>
        RoundedNumber.Format(value, _factor, RoundedNumber.DecimalsOf(step * _factor, 1), []) + Suffix;

    private string SuffixOfDifference() => IsInPoints ? " points" : Suffix;

    private string ValueNumber(double value, double? lower, double? upper, ReadOnlySpan<double> apart) =>
        Number(value, lower, upper, IsPart(value) ? [.. apart, 0, 1] : apart);

    /// <summary>Whether a value is a share that is neither nothing nor all.</summary>
    private bool IsPart(double value) => unit == MetricUnit.Share && Math.Abs(value) > ShareNoise && Math.Abs(value - 1) > ShareNoise;

    private string Number(double value, double? lower, double? upper, ReadOnlySpan<double> apart) =>
        RoundedNumber.Format(value, _factor, DecimalsOf(value, lower, upper), apart);

    private int DecimalsOf(double value, double? lower, double? upper)
    {
        var halfWidth = lower is { } from && upper is { } to ? Math.Abs(to - from) / 2 * _factor : 0;
        return RoundedNumber.DecimalsFor(
            halfWidth,
            unit switch
            {
                MetricUnit.Share or MetricUnit.Score => 1,
                MetricUnit.Money => DecimalsOfMoney(value),
                _ => RoundedNumber.DecimalsOf(value, Math.Abs(value) < 1e6 ? 3 : 2),
            }
        );
    }

    /// <summary>Cents, and two significant digits of less than ten cents: <c>0.08</c>, <c>0.0034</c>.</summary>
    private static int DecimalsOfMoney(double value)
    {
        var decimals = Math.Clamp(RoundedNumber.DecimalsOf(value, 2), 2, 15);
        return decimals > 2 && Math.Round(value, decimals) == Math.Round(value, decimals - 1) ? decimals - 1 : decimals;
    }
}
