using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FunctionsEval.Core.Parsing.Values;

/// <summary>
/// Numbers in one spelling each: the shortest decimal text that gives the same 64-bit number, with a point and no groups.
/// </summary>
internal static class CanonicalNumber
{
    /// <summary>The largest number, up or down. Sums of squares stay exact within it.</summary>
    public const double Max = 1e12;

    /// <summary>Writes a number.</summary>
    /// <param name="number">A number from −<see cref="Max"/> to <see cref="Max"/>.</param>
    public static string Write(double number) => number == 0 ? "0" : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="Write"/> writes, and other spellings in JSON's notation.</summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The number.</param>
    public static bool TryRead([NotNullWhen(true)] string? text, out double number)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= Max;
    }
}
