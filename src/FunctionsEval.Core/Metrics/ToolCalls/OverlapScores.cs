using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// F1, precision and recall of things that reference and answer have in common. A number that nothing counts in is undefined: precision
/// without anything given, recall without anything expected, F1 without both.
/// </summary>
internal static class OverlapScores
{
    /// <summary>Words of <see cref="Write"/>: what matched, was expected, was given, and whether there was anything.</summary>
    public const int Words = 4;

    /// <summary>Numbers of <see cref="Finish"/>.</summary>
    public const int Count = 3;

    private const int Samples = 3;

    /// <summary>With fewer samples that have anything to count, no interval from the bootstrap covers.</summary>
    private const int MinSamples = 50;

    /// <summary>The names of the three numbers.</summary>
    /// <param name="prefix">What the numbers are of, with an underscore.</param>
    /// <param name="suffix">What comes behind a number's name, such as a function in brackets.</param>
    public static IEnumerable<MetricValueDefinition> Definitions(string prefix, string suffix = "") =>
        [new($"{prefix}f1{suffix}"), new($"{prefix}precision{suffix}"), new($"{prefix}recall{suffix}")];

    /// <summary>Writes a sample's counts.</summary>
    public static void Write(UnitCounts counts, Span<long> words)
    {
        words[0] = counts.Matched;
        words[1] = counts.Expected;
        words[2] = counts.Given;
        words[Samples] = counts.Expected + counts.Given > 0 ? 1 : 0;
    }

    /// <summary>Computes F1, precision and recall from summed words.</summary>
    public static void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var (matched, expected, given) = ((double)sums[0], sums[1], sums[2]);
        values[0] = 2 * matched / (expected + given);
        values[1] = matched / given;
        values[2] = matched / expected;
    }

    /// <summary>
    /// The spread of a ratio of sums: it rests on the samples that have something to count, of which one can move both sums.
    /// </summary>
    /// <param name="sums">The summed words.</param>
    /// <param name="samples">How many samples were measured.</param>
    /// <param name="independent">How many of them are independent.</param>
    public static Spread SpreadOf(ReadOnlySpan<long> sums, long samples, double independent)
    {
        var counting = sums[Samples] * independent / samples;
        return counting < MinSamples
            ? new Spread(double.PositiveInfinity, 0)
            : Spread.OfMean(counting) with
            {
                Leverage = 2 * independent / counting,
            };
    }
}
