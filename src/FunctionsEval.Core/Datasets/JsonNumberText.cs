using System.Globalization;

namespace FunctionsEval.Core.Datasets;

/// <summary>Numbers of JSON by their value and not by how they are written: 1, 1.0 and 10e-1 are one number.</summary>
internal static class JsonNumberText
{
    /// <summary>Digits of an exponent that is understood; numbers with a longer one are equal where they are written alike.</summary>
    private const int MaxExponentDigits = 9;

    /// <summary>Zeros that are written out beside the digits; a number that needs more of them has an exponent.</summary>
    private const int MaxZeros = 20;

    /// <summary>
    /// The one way to write a number's value, whatever its length: no zeros that say nothing, no plus, an exponent only for a number of
    /// more than 20 zeros.
    /// </summary>
    /// <param name="number">A number as JSON has it.</param>
    public static string Canonicalize(string number)
    {
        var mantissa = number.AsSpan();
        long exponent = 0;
        var e = mantissa.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            var digits = mantissa[(e + 1)..].TrimStart("+-").TrimStart('0');
            if (digits.Length > MaxExponentDigits)
            {
                return number;
            }

            exponent = digits.IsEmpty ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            exponent = mantissa[e + 1] == '-' ? -exponent : exponent;
            mantissa = mantissa[..e];
        }

        var sign = mantissa[0] == '-' ? "-" : "";
        mantissa = mantissa.TrimStart('-');
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? "" : mantissa[(point + 1)..].ToString();
        var all = string.Concat(whole, fraction);
        var significant = all.TrimStart('0');

        // The value is 0.d1d2d3… × 10^scale.
        var scale = exponent + whole.Length - (all.Length - significant.Length);
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? "0" : sign + Place(significant, scale);
    }

    /// <summary>A number that a text consists of, in its canonical form; null where the text is none.</summary>
    /// <param name="text">The text; a decimal number in ASCII digits, with a sign and an exponent at most.</param>
    public static string? TryRead(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var rest = text is ['+' or '-', ..] ? text[1..] : text;
        var e = rest.IndexOfAny('e', 'E');
        var mantissa = e < 0 ? rest : rest[..e];
        var exponent = e < 0 ? "0" : rest[(e + 1)..];
        exponent = exponent is ['+' or '-', ..] ? exponent[1..] : exponent;
        var point = mantissa.IndexOf('.');
        var isNumber =
            IsDigits(point < 0 ? mantissa : mantissa[..point]) && (point < 0 || IsDigits(mantissa[(point + 1)..])) && IsDigits(exponent);
        return isNumber ? Canonicalize((text[0] == '+' ? text[1..] : text).ToString()) : null;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static string Place(string digits, long scale) =>
        scale > digits.Length + MaxZeros || scale < -MaxZeros ? Scientific(digits, scale - 1)
        : scale >= digits.Length ? digits + new string('0', (int)scale - digits.Length)
        : scale > 0 ? $"{digits[..(int)scale]}.{digits[(int)scale..]}"
        : $"0.{new string('0', (int)-scale)}{digits}";

    private static string Scientific(string digits, long exponent) =>
        string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{exponent}");
}
