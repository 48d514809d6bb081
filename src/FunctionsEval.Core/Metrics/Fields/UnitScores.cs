using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Fields;

/// <summary>
/// Precision (matched ÷ given), recall (matched ÷ expected) and F1 (2 matched ÷ (expected + given)) of units in named groups and one more
/// for all that has no name: micro (from summed units, the unnamed ones too), macro (mean over the named groups that the samples have units
/// of) and per group. As scikit-learn and seqeval have it, precision is 0 where nothing was given and recall is 0 where nothing was
/// expected; what rests on no unit at all is undefined.
/// </summary>
internal sealed class UnitScores
{
    /// <summary>Words of a group: matched, expected, given.</summary>
    public const int PerGroup = 3;

    /// <summary>With fewer units a group's numbers get no interval from the bootstrap.</summary>
    private const int MinUnits = 30;

    private readonly IReadOnlyList<string> _groups;

    /// <param name="groups">The names of the groups.</param>
    /// <param name="prefix">What the names of the numbers begin with, for example <c>field_</c>.</param>
    /// <param name="hasWeighted">Whether there are means weighted by the units that were expected.</param>
    public UnitScores(IReadOnlyList<string> groups, string prefix, bool hasWeighted)
    {
        _groups = groups;
        List<string> averages =
            groups.Count == 0 ? ["micro"]
            : hasWeighted ? ["micro", "macro", "weighted"]
            : ["micro", "macro"];
        Averages = averages.Count;
        Values =
        [
            .. averages
                .Select(average => $"_{average}")
                .Concat(groups.Select(group => $"[{group}]"))
                .SelectMany(end => new[] { $"{prefix}f1{end}", $"{prefix}precision{end}", $"{prefix}recall{end}" })
                .Select(name => new MetricValueDefinition(name)),
        ];
    }

    /// <summary>The numbers: F1, precision and recall of each average, then of each group.</summary>
    public IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <summary>How many averages there are.</summary>
    public int Averages { get; }

    /// <summary>Words of the sums: those of each group, and of the units without a name.</summary>
    public int Length => PerGroup * (_groups.Count + 1);

    /// <summary>Adds counts to a group.</summary>
    /// <param name="words">The words.</param>
    /// <param name="group">Index of the group; a negative one for units without a name.</param>
    /// <param name="counts">The counts.</param>
    public void Add(Span<long> words, int group, UnitCounts counts)
    {
        var first = PerGroup * (group < 0 ? _groups.Count : group);
        words[first] += counts.Matched;
        words[first + 1] += counts.Expected;
        words[first + 2] += counts.Given;
    }

    /// <summary>Computes the numbers.</summary>
    public void Finish(ReadOnlySpan<long> words, Span<double> values)
    {
        long matched = 0,
            expected = 0,
            given = 0;
        Span<double> macro = stackalloc double[3];
        Span<double> weighted = stackalloc double[3];
        var groups = 0;
        for (var group = 0; group <= _groups.Count; group++)
        {
            var (hits, wanted, found) = (words[PerGroup * group], words[(PerGroup * group) + 1], words[(PerGroup * group) + 2]);
            (matched, expected, given) = (matched + hits, expected + wanted, given + found);
            if (group == _groups.Count)
            {
                break;
            }

            var own = values.Slice(3 * (Averages + group), 3);
            Score(hits, wanted, found, own);
            if (wanted + found > 0)
            {
                groups++;
                for (var i = 0; i < 3; i++)
                {
                    macro[i] += own[i];
                    weighted[i] += own[i] * wanted;
                }
            }
        }

        Score(matched, expected, given, values);
        var named = expected - words[(PerGroup * _groups.Count) + 1];
        for (var i = 0; i < 3; i++)
        {
            if (Averages > 1)
            {
                values[3 + i] = macro[i] / groups;
            }

            if (Averages > 2)
            {
                values[6 + i] = weighted[i] / named;
            }
        }
    }

    /// <summary>
    /// A group's numbers rest on its own units, however many samples there are. One sample changes what is expected and what is given, so
    /// that all of these numbers move up to twice as much as a mean.
    /// </summary>
    /// <param name="value">Index of the number.</param>
    /// <param name="words">The sums.</param>
    /// <param name="samples">How many samples were added, in the unit of the sums.</param>
    /// <param name="independent">How many independent samples there are.</param>
    public Spread SpreadOf(int value, ReadOnlySpan<long> words, long samples, double independent)
    {
        var group = (value / 3) - Averages;
        if (group < 0)
        {
            return Spread.OfMean(independent) with { Leverage = 2 };
        }

        var units = Math.Min(samples, Math.Max(words[(PerGroup * group) + 1], words[(PerGroup * group) + 2]));
        return (double)units * independent < (double)MinUnits * samples
            ? new Spread(double.PositiveInfinity, 0)
            : Spread.OfMean(units * independent / samples) with
            {
                Leverage = 2.0 * samples / units,
            };
    }

    private static void Score(long matched, long expected, long given, Span<double> values)
    {
        values[0] = 2.0 * matched / (expected + given);
        values[1] =
            expected + given == 0 ? double.NaN
            : given == 0 ? 0
            : (double)matched / given;
        values[2] =
            expected + given == 0 ? double.NaN
            : expected == 0 ? 0
            : (double)matched / expected;
    }
}
