namespace FunctionsEval.Core.Statistics;

/// <summary>The interval of a difference between two proportions of the same samples.</summary>
public static class PairedProportionInterval
{
    /// <summary>
    /// Tango's score interval (Statistics in Medicine 17, 1998): the differences that the score test does not refuse. It holds for few
    /// samples, and where all samples agree it is ± z² ÷ (n + z²) and not of width 0.
    /// </summary>
    /// <param name="onlyFirst">Samples that only the first got right; not negative.</param>
    /// <param name="onlySecond">Samples that only the second got right; not negative.</param>
    /// <param name="n">All samples, greater than 0; a fraction where samples depend on each other.</param>
    /// <param name="level">Confidence level, between 0 and 1.</param>
    public static (double Lower, double Upper) Tango(double onlyFirst, double onlySecond, double n, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        var z = SpecialFunctions.NormalUpperQuantile((1 - level) / 2);
        var difference = (onlyFirst - onlySecond) / n;
        return (Solve(-1, difference, z), Solve(difference, 1, -z));

        // The score falls as the supposed difference grows.
        double Solve(double low, double high, double target)
        {
            for (var step = 0; step < 60; step++)
            {
                var middle = (low + high) / 2;
                (low, high) = Score(onlyFirst, onlySecond, n, middle) > target ? (middle, high) : (low, middle);
            }

            return (low + high) / 2;
        }
    }

    /// <summary>
    /// How many standard errors the difference lies above <paramref name="supposed"/>, with the error that would then be likeliest.
    /// </summary>
    private static double Score(double onlyFirst, double onlySecond, double n, double supposed)
    {
        var b = ((2 * n) - onlyFirst + onlySecond) * supposed - onlyFirst - onlySecond;
        var c = -onlySecond * supposed * (1 - supposed);
        var share = (Math.Sqrt(Math.Max(0, (b * b) - (8 * n * c))) - b) / (4 * n);
        var variance = n * ((2 * share) + (supposed * (1 - supposed)));
        var distance = onlyFirst - onlySecond - (n * supposed);
        return distance == 0 ? 0 : distance / Math.Sqrt(Math.Max(0, variance));
    }
}
