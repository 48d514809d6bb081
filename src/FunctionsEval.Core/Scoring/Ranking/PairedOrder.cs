using FunctionsEval.Core.Metrics.Ranking;

namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>
/// The order of pairs by their first and by their second number, for weighted coefficients of rank correlation. Weights are whole numbers:
/// a pair of weight w counts as w equal pairs. Samples beside themselves are ties in both numbers and so take no part.
/// </summary>
internal sealed class PairedOrder
{
    // The place of each pair's number among the different ones, from 0.
    private readonly int[] _first;
    private readonly int[] _second;

    private readonly long[] _firstWeights;
    private readonly long[] _secondWeights;

    // A Fenwick tree of the weights by the place of the second number.
    private readonly long[] _tree;

    // The weight that was put at each place.
    private readonly long[] _placed;

    /// <param name="first">The first numbers, ascending.</param>
    /// <param name="second">The second numbers of the same pairs.</param>
    public PairedOrder(double[] first, double[] second)
    {
        _first = PlacesOf(first, out var firstCount);
        _second = PlacesOf(second, out var secondCount);
        _firstWeights = new long[firstCount];
        _secondWeights = new long[secondCount];
        _tree = new long[secondCount + 1];
        _placed = new long[secondCount];
    }

    /// <summary>The coefficient, −1 to 1; NaN where all first or all second numbers are equal.</summary>
    /// <param name="coefficient">Which one.</param>
    /// <param name="weights">The pairs' weights.</param>
    public double Correlate(RankCorrelation coefficient, ReadOnlySpan<long> weights)
    {
        Array.Clear(_firstWeights);
        Array.Clear(_secondWeights);
        long total = 0;
        for (var pair = 0; pair < weights.Length; pair++)
        {
            _firstWeights[_first[pair]] += weights[pair];
            _secondWeights[_second[pair]] += weights[pair];
            total += weights[pair];
        }

        var correlation = coefficient == RankCorrelation.Spearman ? Spearman(weights, total) : KendallTauB(weights, total);
        return Math.Clamp(correlation, -1, 1);
    }

    private double Spearman(ReadOnlySpan<long> weights, long total)
    {
        var first = CentredRanks(_firstWeights, total, out var firstSquares);
        var second = CentredRanks(_secondWeights, total, out var secondSquares);
        double products = 0;
        for (var pair = 0; pair < weights.Length; pair++)
        {
            products += weights[pair] * (first[_first[pair]] * second[_second[pair]]);
        }

        return products / Math.Sqrt(firstSquares) / Math.Sqrt(secondSquares);
    }

    /// <summary>
    /// Twice the mean rank of each place less the mean of all ranks, which are whole numbers, and the sum of their squares.
    /// </summary>
    private static double[] CentredRanks(long[] weights, long total, out double squares)
    {
        var ranks = new double[weights.Length];
        long below = 0;
        squares = 0;
        for (var place = 0; place < ranks.Length; place++)
        {
            ranks[place] = (2 * below) + weights[place] - total;
            below += weights[place];
            squares += weights[place] * (ranks[place] * ranks[place]);
        }

        return ranks;
    }

    /// <summary>Knight's count of concordant pairs (JASA 61, 1966) with a tree in place of the sort, in n log n steps.</summary>
    private double KendallTauB(ReadOnlySpan<long> weights, long total)
    {
        Array.Clear(_tree);
        Array.Clear(_placed);
        double surplus = 0;
        long before = 0;
        for (var start = 0; start < weights.Length; )
        {
            var end = start;
            while (end < weights.Length && _first[end] == _first[start])
            {
                var below = SumBelow(_second[end]);
                var above = before - below - _placed[_second[end]];
                surplus += (double)weights[end] * (below - above);
                end++;
            }

            for (; start < end; start++)
            {
                Put(_second[start], weights[start]);
                before += weights[start];
            }
        }

        return surplus / Math.Sqrt(Untied(_firstWeights, total)) / Math.Sqrt(Untied(_secondWeights, total));
    }

    /// <summary>The pairs of pairs that are no tie.</summary>
    private static double Untied(long[] weights, long total)
    {
        var ties = 0.0;
        foreach (var weight in weights)
        {
            ties += (double)weight * weight;
        }

        return (((double)total * total) - ties) / 2;
    }

    private void Put(int place, long weight)
    {
        _placed[place] += weight;
        for (var node = place + 1; node < _tree.Length; node += node & -node)
        {
            _tree[node] += weight;
        }
    }

    /// <summary>The weight that was put before a place.</summary>
    private long SumBelow(int place)
    {
        long sum = 0;
        for (var node = place; node > 0; node -= node & -node)
        {
            sum += _tree[node];
        }

        return sum;
    }

    private static int[] PlacesOf(double[] numbers, out int count)
    {
        var sorted = numbers.Distinct().Order().ToArray();
        count = sorted.Length;
        return Array.ConvertAll(numbers, number => Array.BinarySearch(sorted, number));
    }
}
