using System.Globalization;

namespace FunctionsEval.Core.Metrics.Words;

/// <summary>
/// A number as it is written: the scale of its unit, as many digits as its interval supports, and more where it would otherwise read as
/// equal to, or beyond, a number that it is compared with.
/// </summary>
internal static class RoundedNumber
{
    /// <summary>From here on a number is written as a product with a power of ten.</summary>
    private const double Large = 1e6;

    /// <summary>Below it a number that is not 0 is written so too, unless its interval asks for no such digit.</summary>
    private const double Small = 1e-4;

    private const int MaxDecimals = 20;
    private const int MaxMantissaDecimals = 16;

    private const string Digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>
    /// Digits behind the point for half an interval's width: two significant digits of it. Less than 0 for tens and beyond.
    /// </summary>
    /// <param name="halfWidth">Half the width, in the unit's scale; 0 or NaN for none.</param>
    /// <param name="otherwise">The digits without one.</param>
    public static int DecimalsFor(double halfWidth, int otherwise) =>
        // From 0.9 on half a width rounds to the next power of ten, as in the rules of the Particle Data Group.
        halfWidth > 0
        && double.IsFinite(halfWidth)
            ? Math.Min(1 - (int)Math.Floor(Math.Log10(halfWidth / 0.9)), MaxDecimals)
            : otherwise;

    /// <summary>The digits behind the point that some significant digits take. Less than 0 for tens and beyond.</summary>
    /// <param name="value">The number.</param>
    /// <param name="significant">How many significant digits.</param>
    public static int DecimalsOf(double value, int significant)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return 0;
        }

        var power = (int)Math.Floor(Math.Log10(Math.Abs(value) * (1 + 1e-12)));
        // 0.0996 to two digits is 0.10: rounding carries into a digit more.
        var carries = Math.Abs(value) / Math.Pow(10, power) >= 10 - (5 * Math.Pow(10, -significant));
        return Math.Min(significant - 1 - power - (carries ? 1 : 0), MaxDecimals);
    }

    /// <summary>Writes a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="factor">What it is multiplied with: 100 for a share in %.</param>
    /// <param name="decimals">Digits behind the point at least.</param>
    /// <param name="apart">The numbers it must not be mistaken for.</param>
    public static string Format(double value, int factor, int decimals, ReadOnlySpan<double> apart)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "undefined"
                : value > 0 ? "∞"
                : "−∞";
        }

        var shown = Math.Abs(value * factor);
        return shown >= Large || (shown > 0 && shown < Small && decimals > 4)
            ? Scientific(value * factor, Apart(apart, factor), decimals)
            : Plain(value, factor, decimals, apart);
    }

    /// <summary>A number exactly as it is given.</summary>
    /// <param name="value">The number.</param>
    /// <param name="factor">What it is multiplied with.</param>
    public static string Exact(double value, int factor)
    {
        if (!double.IsFinite(value))
        {
            return Format(value, factor, 0, []);
        }

        var shown = Math.Abs(value * factor);
        if (shown == 0 || (shown >= 1e-9 && shown < 1e15))
        {
            return Signed(ToDecimal(value) * factor, "#,##0.####################");
        }

        var written = (value * factor).ToString("E16", CultureInfo.InvariantCulture).Split('E');
        return Product(written[0].TrimEnd('0').TrimEnd('.'), written[1]);
    }

    private static string Plain(double value, int factor, int decimals, ReadOnlySpan<double> apart)
    {
        var exact = ToDecimal(value) * factor;
        var digits = Math.Max(decimals, 0);
        // Of all at once: with more digits for one number, it may come to read as another that has as many.
        while (digits < MaxDecimals && IsMistakenForAny(exact, apart, factor, digits))
        {
            digits++;
        }

        return Signed(
            decimal.Round(exact, digits, MidpointRounding.AwayFromZero),
            digits == 0 ? "#,##0" : "#,##0." + new string('0', digits)
        );
    }

    private static bool IsMistakenForAny(decimal exact, ReadOnlySpan<double> apart, int factor, int digits)
    {
        foreach (var other in apart)
        {
            if (IsMistaken(exact, other, factor, digits))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the rounded number lies elsewhere than the number does, as seen from another one.</summary>
    private static bool IsMistaken(decimal exact, double other, int factor, int digits)
    {
        if (!double.IsFinite(other) || Math.Abs(other * factor) >= 1e15)
        {
            return false;
        }

        var limit = ToDecimal(other) * factor;
        return decimal.Round(exact, digits, MidpointRounding.AwayFromZero).CompareTo(limit) != exact.CompareTo(limit);
    }

    private static string Scientific(double value, double[] apart, int decimals)
    {
        var exponent = Exponent(value);
        var digits = Math.Clamp(exponent + decimals, 1, 3);
        while (
            digits < MaxMantissaDecimals && Array.Exists(apart, other => Rounded(value, digits).CompareTo(other) != value.CompareTo(other))
        )
        {
            digits++;
        }

        // Rounding may carry: 9.96 × 10³² is 1.0 × 10³³.
        var written = value.ToString($"E{digits}", CultureInfo.InvariantCulture).Split('E');
        return Product(written[0], written[1]);
    }

    private static string Product(string mantissa, string power) =>
        $"{mantissa.Replace('-', '−')} × 10{Superscript(int.Parse(power, CultureInfo.InvariantCulture))}";

    private static double[] Apart(ReadOnlySpan<double> apart, int factor)
    {
        var scaled = apart.ToArray();
        for (var index = 0; index < scaled.Length; index++)
        {
            scaled[index] *= factor;
        }

        return Array.FindAll(scaled, double.IsFinite);
    }

    private static double Rounded(double value, int digits) =>
        double.Parse(value.ToString($"E{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(Math.Abs(value)));

    private static string Superscript(int power) =>
        (power < 0 ? "⁻" : "") + string.Concat(Math.Abs(power).ToString(CultureInfo.InvariantCulture).Select(digit => Digits[digit - '0']));

    private static string Signed(decimal value, string format) =>
        (value < 0 ? "−" : "") + Math.Abs(value).ToString(format, CultureInfo.InvariantCulture);

    /// <summary>The shortest decimal that is this number, so that 0.07 × 100 is 7.</summary>
    private static decimal ToDecimal(double value) =>
        decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
}
