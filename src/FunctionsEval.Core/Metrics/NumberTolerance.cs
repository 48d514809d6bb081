using System.Globalization;
using System.Numerics;

namespace FunctionsEval.Core.Metrics;

/// <summary>
/// How far an answer may be from a reference: the larger of an absolute and a relative tolerance. Decimal numbers are compared as they are
/// written, without rounding, so that 1.1 lies within 0.1 of 1, and 9.1e-31 not within a hundredth of 6.6e-34.
/// </summary>
internal sealed class NumberTolerance
{
    /// <summary>
    /// Characters of a number, and decimal places of its digits up or down, that are compared exactly; others are as doubles.
    /// </summary>
    private const int MaxLength = 400;

    private readonly double _absolute;
    private readonly double _relative;
    private readonly Exact _exactAbsolute;
    private readonly Exact _exactRelative;

    /// <param name="absolute">The absolute tolerance, from 0.</param>
    /// <param name="relative">The tolerance as a share of the reference, from 0.</param>
    public NumberTolerance(double absolute, double relative)
    {
        (_absolute, _relative) = (absolute, relative);
        _exactAbsolute = Exact.TryRead(absolute.ToString("R", CultureInfo.InvariantCulture))!.Value;
        _exactRelative = Exact.TryRead(relative.ToString("R", CultureInfo.InvariantCulture))!.Value;
    }

    /// <summary>Whether |answer − reference| ≤ max(absolute, relative × |reference|).</summary>
    /// <param name="reference">The reference, a number as JSON has it.</param>
    /// <param name="answer">The answer, a number as JSON has it.</param>
    public bool IsWithin(string reference, string answer)
    {
        if (Exact.TryRead(reference) is { } expected && Exact.TryRead(answer) is { } given)
        {
            var distance = given.Minus(expected).Absolute();
            return distance.IsAtMost(_exactAbsolute) || distance.IsAtMost(expected.Absolute().Times(_exactRelative));
        }

        var (first, second) = (Double(reference), Double(answer));
        return double.IsFinite(first)
            && double.IsFinite(second)
            && Math.Abs(second - first) <= Math.Max(_absolute, _relative * Math.Abs(first));
    }

    private static double Double(string number) => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A decimal number: a whole number times a power of ten.</summary>
    private readonly record struct Exact(BigInteger Digits, int Exponent)
    {
        public static Exact? TryRead(string number)
        {
            if (number.Length > MaxLength)
            {
                return null;
            }

            var e = number.IndexOfAny(['e', 'E']);
            var mantissa = e < 0 ? number : number[..e];
            var exponent = 0;
            if (
                e >= 0
                && (
                    !int.TryParse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                    || Math.Abs((long)exponent) > MaxLength
                )
            )
            {
                return null;
            }

            var point = mantissa.IndexOf('.');
            var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
            return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? new Exact(whole, exponent - (point < 0 ? 0 : mantissa.Length - point - 1))
                : null;
        }

        public Exact Absolute() => this with { Digits = BigInteger.Abs(Digits) };

        public Exact Times(Exact other) => new(Digits * other.Digits, Exponent + other.Exponent);

        public Exact Minus(Exact other)
        {
            var exponent = Math.Min(Exponent, other.Exponent);
            return new Exact(At(exponent) - other.At(exponent), exponent);
        }

        public bool IsAtMost(Exact other)
        {
            var exponent = Math.Min(Exponent, other.Exponent);
            return At(exponent) <= other.At(exponent);
        }

        private BigInteger At(int exponent) => Digits * BigInteger.Pow(10, Exponent - exponent);
    }
}
