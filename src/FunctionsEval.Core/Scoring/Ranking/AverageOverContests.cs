using FunctionsEval.Core.Metrics.Ranking;

namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>Averages the numbers of a rule's contests, column by column.</summary>
internal sealed class AverageOverContests(ContestRule rule, int columns)
{
    private readonly double[] _sums = new double[columns];
    private readonly double[] _weights = new double[columns];
    private double _fewest = long.MaxValue;

    /// <summary>The samples as they are, and the replicates.</summary>
    public int Columns => columns;

    /// <summary>Adds a contest.</summary>
    public void Add(RankingContest contest, RankedSteps steps)
    {
        _fewest = Math.Min(_fewest, Math.Min(steps.Positives[0], steps.Negatives[0]));
        for (var column = 0; column < columns; column++)
        {
            var value = steps.Value(column);
            if (contest.Negative is null || !double.IsNaN(value))
            {
                var weight = rule.IsWeighted ? steps.Positives[column] : 1;
                _sums[column] += weight * value;
                _weights[column] += weight;
            }
        }
    }

    /// <summary>The averages.</summary>
    /// <param name="samples">How many samples there were.</param>
    public MetricNumbers Finish(long samples)
    {
        var averages = _sums.Zip(_weights, (sum, weight) => sum / weight).ToArray();
        return new MetricNumbers([averages[0]], columns > 1 ? [averages[1..]] : null, samples, (long)_fewest);
    }
}
