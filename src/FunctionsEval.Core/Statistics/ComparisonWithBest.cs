namespace FunctionsEval.Core.Statistics;

/// <summary>The estimate of one of several treatments, of which more is better.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Replicates">The estimate in each replicate, NaN where it is undefined; replicates of all treatments are paired.</param>
/// <param name="Spread">What the replicates' spread falls short by.</param>
/// <param name="Independent">How many independent samples could each move the estimate by its whole range.</param>
public readonly record struct ReplicatedEstimate(double Value, double[] Replicates, Spread Spread, double Independent);

/// <summary>One treatment beside the best of the others.</summary>
/// <param name="Lower">Lower bound of its difference from the best of the others, at most 0; −∞ where there is none.</param>
/// <param name="Upper">Upper bound of the difference, at least 0; +∞ where there is none.</param>
/// <param name="IsBest">Whether it alone may be the best: it is at least as good as every other one.</param>
/// <param name="MayBeBest">Whether no other one is shown to be better.</param>
public readonly record struct BesideBest(double Lower, double Upper, bool IsBest, bool MayBeBest);

/// <summary>
/// Hsu's comparison with the best: simultaneous intervals of θᵢ − max θⱼ over j ≠ i, constrained to hold 0 inside or as a bound (Hsu,
/// "Multiple Comparisons: Theory and Methods", 1996, chapter 4; Edwards and Hsu, JASA 78, 1983, for estimates that depend on each other).
/// The best is shown to be worse than another one with probability at most the error, so no correction for two sides is needed.
/// </summary>
public static class ComparisonWithBest
{
    /// <summary>Compares each treatment with the best of the others.</summary>
    /// <param name="treatments">The treatments, 2 or more.</param>
    /// <param name="range">What an estimate can be at most, less what it can be at least; may be infinite.</param>
    /// <param name="error">The error of all statements together, between 0 and 1.</param>
    /// <param name="tried">How many treatments were tried; those that are not among <paramref name="treatments"/> take their share of the
    /// error.</param>
    /// <returns>The statements, in the order of the treatments.</returns>
    public static IReadOnlyList<BesideBest> Compare(IReadOnlyList<ReplicatedEstimate> treatments, double range, double error, int tried)
    {
        ArgumentNullException.ThrowIfNull(treatments);
        ArgumentOutOfRangeException.ThrowIfLessThan(treatments.Count, 2, nameof(treatments));
        ArgumentOutOfRangeException.ThrowIfLessThan(tried, treatments.Count);
        var share = error / (tried - 1);
        var upper = treatments.Select((_, i) => UpperBounds(treatments, i, range, share)).ToArray();
        var least = upper.Select(bounds => bounds.Min()).ToArray();
        var best = Enumerable.Range(0, treatments.Count).Where(i => least[i] >= 0).ToList();
        return
        [
            .. Enumerable
                .Range(0, treatments.Count)
                .Select(i => new BesideBest(
                    best is [var only] && only == i ? 0 : Math.Min(0, best.Where(j => j != i).Min(j => -upper[j][i])),
                    Math.Max(0, least[i]),
                    IsBest: best is [var single] && single == i,
                    MayBeBest: least[i] >= 0
                )),
        ];
    }

    /// <summary>Upper bounds of one treatment's differences from each other one, which hold together; +∞ for its own.</summary>
    private static double[] UpperBounds(IReadOnlyList<ReplicatedEstimate> treatments, int i, double range, double share)
    {
        var pairs = treatments.Select((other, j) => j == i ? default : Pair(treatments[i], other)).ToArray();
        var varying = Enumerable.Range(0, pairs.Length).Where(j => j != i && pairs[j].Varies).ToList();
        var error = varying.Count == 0 ? share : MaxT.OneSided([.. varying.Select(j => pairs[j].Replicates)], varying.Count * share);
        return [.. pairs.Select((pair, j) => j == i ? double.PositiveInfinity : pair.Upper(range, pair.Varies ? error : share))];
    }

    private static PairedEstimates Pair(ReplicatedEstimate one, ReplicatedEstimate other)
    {
        var (first, second) = (one.Replicates, other.Replicates);
        var replicates = new double[Math.Min(first.Length, second.Length)];
        for (var r = 0; r < replicates.Length; r++)
        {
            replicates[r] = first[r] - second[r];
        }

        return new PairedEstimates(
            one.Value - other.Value,
            replicates,
            Array.FindAll(replicates, double.IsFinite),
            new Spread(
                Math.Max(one.Spread.Inflation, other.Spread.Inflation),
                Math.Min(one.Spread.DegreesOfFreedom, other.Spread.DegreesOfFreedom),
                Math.Max(one.Spread.Leverage, other.Spread.Leverage)
            ),
            Math.Min(one.Independent, other.Independent)
        );
    }

    /// <summary>The difference of two treatments, with the more cautious spread of both.</summary>
    private readonly record struct PairedEstimates(
        double Difference,
        double[] Replicates,
        double[] Finite,
        Spread Spread,
        double Independent
    )
    {
        public bool Varies { get; } = Finite is not null && BootstrapInterval.Vary(Difference, Finite);

        /// <summary>The upper bound at a one-sided error: that of the two-sided interval of twice the error.</summary>
        public double Upper(double range, double error) =>
            Math.Max(
                Difference,
                Math.Min(
                    range,
                    Finite.Length == 0 ? double.PositiveInfinity
                        : Varies ? BootstrapInterval.OfDifference(Difference, Finite, Spread, 1 - (2 * error)).Upper
                        : Difference + BootstrapInterval.ReachOfConstant(Independent, Spread, range, 1 - (2 * error))
                )
            );
    }
}
