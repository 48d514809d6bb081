using System.Numerics;

namespace FunctionsEval.Core.Metrics.Regression;

/// <summary>
/// Numbers of up to 1e12 as whole multiples of 2^-60, and their products as whole multiples of 2^-120, spread over words of 32 bits each,
/// so that sums over 89 million samples are exact in 64-bit words. Differences of such sums lose nothing, however large the numbers are
/// beside their spread. A number above 2^-8 is kept exactly, a smaller one to 4.3e-19.
/// </summary>
internal static class WideSum
{
    /// <summary>Words of a sum of numbers, or of their differences.</summary>
    public const int ValueWords = 4;

    /// <summary>Words of a sum of products of two numbers.</summary>
    public const int ProductWords = 7;

    /// <summary>Words of a sum of ratios up to 2^95.</summary>
    public const int RatioWords = 5;

    /// <summary>The binary digits behind the point of a number; a product has twice as many.</summary>
    public const int Digits = 60;

    private const int WordBits = 32;
    private const int MantissaBits = 52;
    private const int ExponentBias = 1075;

    /// <summary>A finite number as a multiple of 2^-60, halves away from 0.</summary>
    public static BigInteger FromDouble(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var exponent = (int)((bits >> MantissaBits) & 0x7FF);
        var fraction = bits & ((1L << MantissaBits) - 1);
        var mantissa = exponent == 0 ? fraction : fraction | (1L << MantissaBits);
        var shift = Math.Max(exponent, 1) - ExponentBias + Digits;
        var magnitude =
            shift >= 0 ? new BigInteger(mantissa) << shift
            : shift < -MantissaBits - 2 ? BigInteger.Zero
            : (mantissa + (1L << (-shift - 1))) >> -shift;
        return bits < 0 ? -magnitude : magnitude;
    }

    /// <summary>Splits an amount into words of one sign, the least first.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="first">The first word's index in the sums.</param>
    /// <param name="words">How many words there are; the last one takes what is left.</param>
    /// <param name="terms">Receives the words that are not 0.</param>
    /// <param name="count">How many terms there are already.</param>
    /// <returns>How many terms there are then.</returns>
    public static int Add(BigInteger amount, int first, int words, Span<SumTerm> terms, int count)
    {
        var sign = amount.Sign;
        var rest = BigInteger.Abs(amount);
        for (var word = 0; word < words && !rest.IsZero; word++)
        {
            var part = word == words - 1 ? (long)rest : (long)(uint)(rest & uint.MaxValue);
            if (part != 0)
            {
                terms[count++] = new SumTerm(first + word, sign * part);
            }

            rest >>= WordBits;
        }

        return count;
    }

    /// <summary>The sum that words stand for.</summary>
    public static BigInteger Join(ReadOnlySpan<long> words)
    {
        var sum = BigInteger.Zero;
        for (var word = words.Length - 1; word >= 0; word--)
        {
            sum = (sum << WordBits) + words[word];
        }

        return sum;
    }

    /// <summary>A sum as a number.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="digits">Its binary digits behind the point.</param>
    public static double ToDouble(BigInteger sum, int digits) => Math.ScaleB((double)sum, -digits);
}
