namespace FunctionsEval.Core.Statistics;

/// <summary>The special functions that the intervals and tests need, to about 14 digits.</summary>
internal static class SpecialFunctions
{
    private const double Tiny = 1e-300;
    private const double LogSqrtTwoPi = 0.91893853320467274178;

    /// <summary>Coefficients of the Lanczos approximation with g = 7 and nine terms (Godfrey, 2001).</summary>
    private static readonly double[] Lanczos =
    [
        0.99999999999980993,
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7,
    ];

    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5)
        {
            return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        }

        var sum = Lanczos[0];
        for (var i = 1; i < Lanczos.Length; i++)
        {
            sum += Lanczos[i] / (x - 1 + i);
        }

        var t = x + 6.5;
        return LogSqrtTwoPi + ((x - 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>
    /// The complementary error function: a series of positive terms near zero, a continued fraction in the tail (Abramowitz and Stegun
    /// 7.1.6, 7.1.14).
    /// </summary>
    public static double Erfc(double x)
    {
        if (x < 0)
        {
            return 2 - Erfc(-x);
        }

        if (x < 2)
        {
            double term = x,
                sum = x;
            for (var n = 1; term > sum * 1e-17; n++)
            {
                term *= 2 * x * x / ((2 * n) + 1);
                sum += term;
            }

            return 1 - (2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum);
        }

        var fraction = x;
        for (var k = 120; k >= 1; k--)
        {
            fraction = x + (k / 2.0 / fraction);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }

    /// <summary>
    /// The number that a standard normal exceeds with probability <paramref name="tail"/> (0–0.5), by Newton's method on
    /// <see cref="Erfc"/>.
    /// </summary>
    public static double NormalUpperQuantile(double tail)
    {
        if (tail <= 0)
        {
            return double.PositiveInfinity;
        }

        var z = 0.0;
        for (var i = 0; i < 200; i++)
        {
            // From the left of the root Newton's steps on this convex function never overshoot.
            var step = ((Erfc(z / Math.Sqrt(2)) / 2) - tail) / (Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
            z += step;
            if (Math.Abs(step) <= 1e-15 * Math.Max(1, z))
            {
                break;
            }
        }

        return z;
    }

    /// <summary>
    /// The regularised incomplete beta function I_x(a, b): continued fraction by Lentz's method (Numerical Recipes, third edition, 6.4),
    /// with the leading factor by Loader's saddle-point expansion (Fast and Accurate Computation of Binomial Probabilities, 2000),
    /// which does not cancel for large a and b.
    /// </summary>
    public static double BetaRegularized(double x, double a, double b)
    {
        if (x <= 0)
        {
            return 0;
        }

        if (x >= 1)
        {
            return 1;
        }

        return x <= (a + 1) / (a + b + 2)
            ? BetaFactor(x, 1 - x, a, b) * BetaFraction(x, a, b) / a
            : 1 - (BetaFactor(1 - x, x, b, a) * BetaFraction(1 - x, b, a) / b);
    }

    /// <summary>The x at which <see cref="BetaRegularized"/> is <paramref name="probability"/>, by bisection to the last bit.</summary>
    public static double BetaQuantile(double probability, double a, double b)
    {
        double low = 0,
            high = 1;
        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high)
            {
                break;
            }

            if (BetaRegularized(middle, a, b) < probability)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (low + high) / 2;
    }

    /// <summary>P(|T| ≥ |t|) of Student's t distribution.</summary>
    public static double StudentTwoSided(double t, double degreesOfFreedom)
    {
        if (double.IsNaN(t))
        {
            return double.NaN;
        }

        return BetaRegularized(degreesOfFreedom / (degreesOfFreedom + (t * t)), degreesOfFreedom / 2, 0.5);
    }

    /// <summary>The number that Student's t exceeds with probability <paramref name="tail"/> (0–0.5, both excluded).</summary>
    public static double StudentUpperQuantile(double tail, double degreesOfFreedom)
    {
        var x = BetaQuantile(2 * tail, degreesOfFreedom / 2, 0.5);
        return Math.Sqrt(degreesOfFreedom * (1 - x) / x);
    }

    /// <summary>x^a (1−x)^b ÷ B(a, b).</summary>
    private static double BetaFactor(double x, double y, double a, double b)
    {
        var n = a + b;
        var exponent = StirlingError(n) - StirlingError(a) - StirlingError(b) - Deviance(a, n * x) - Deviance(b, n * y);
        return Math.Exp(exponent) * Math.Sqrt(a * b / (2 * Math.PI * n));
    }

    private static double BetaFraction(double x, double a, double b)
    {
        double c = 1,
            d = 1 / NonZero(1 - ((a + b) * x / (a + 1)));
        var fraction = d;
        for (var m = 1; m <= 100_000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NonZero(1 + (even * d));
            c = NonZero(1 + (even / c));
            fraction *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NonZero(1 + (odd * d));
            c = NonZero(1 + (odd / c));
            fraction *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16)
            {
                break;
            }
        }

        return fraction;
    }

    private static double NonZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    /// <summary>ln n! minus Stirling's formula.</summary>
    private static double StirlingError(double n)
    {
        if (n < 16)
        {
            return LogGamma(n + 1) - ((n + 0.5) * Math.Log(n)) + n - LogSqrtTwoPi;
        }

        var square = n * n;
        return ((1 / 12.0) - (((1 / 360.0) - (((1 / 1260.0) - (((1 / 1680.0) - (1 / 1188.0 / square)) / square)) / square)) / square)) / n;
    }

    /// <summary>x ln(x ÷ mean) + mean − x, by a series where the two are close.</summary>
    private static double Deviance(double x, double mean)
    {
        if (Math.Abs(x - mean) >= 0.1 * (x + mean))
        {
            return (x * Math.Log(x / mean)) + mean - x;
        }

        var ratio = (x - mean) / (x + mean);
        var sum = (x - mean) * ratio;
        var term = 2 * x * ratio;
        for (var j = 1; j < 1000; j++)
        {
            term *= ratio * ratio;
            var next = sum + (term / ((2 * j) + 1));
            if (next == sum)
            {
                break;
            }

            sum = next;
        }

        return sum;
    }
}
