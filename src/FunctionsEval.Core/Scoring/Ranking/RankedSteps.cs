using FunctionsEval.Core.Metrics.Ranking;

namespace FunctionsEval.Core.Scoring.Ranking;

/// <summary>
/// Walks down the samples by score, one class against the others, for the samples as they are (column 0) and for every bootstrap replicate
/// (the columns after it). Samples of equal score are one step. Weights are whole numbers, so that all sums within a step and all areas are
/// exact.
/// </summary>
/// <param name="curve">What is computed.</param>
/// <param name="columns">1 + replicates.</param>
internal sealed class RankedSteps(RankingCurve curve, int columns)
{
    private readonly double[] _stepPositives = new double[columns];
    private readonly double[] _stepNegatives = new double[columns];
    private readonly double[] _positives = new double[columns];
    private readonly double[] _negatives = new double[columns];

    // ROC-AUC: twice the pairs in order. Average precision: the sum so far, not yet divided by the positives.
    private readonly double[] _areas = new double[columns];

    /// <summary>How often the class occurs, by column.</summary>
    public ReadOnlySpan<double> Positives => _positives;

    /// <summary>How often anything else occurs, by column.</summary>
    public ReadOnlySpan<double> Negatives => _negatives;

    /// <summary>Adds a sample to the step.</summary>
    /// <param name="isPositive">Whether it is of the class.</param>
    /// <param name="weights">Its weight in each replicate; may be longer than needed.</param>
    public void Add(bool isPositive, ReadOnlySpan<long> weights)
    {
        var sums = isPositive ? _stepPositives : _stepNegatives;
        sums[0]++;
        for (var column = 1; column < sums.Length; column++)
        {
            sums[column] += weights[column - 1];
        }
    }

    /// <summary>Ends the step: the next sample has a lower score.</summary>
    public void EndStep()
    {
        for (var column = 0; column < _areas.Length; column++)
        {
            var (hits, misses) = (_stepPositives[column], _stepNegatives[column]);
            if (curve == RankingCurve.RocAuc)
            {
                _areas[column] += misses * ((2 * _positives[column]) + hits);
            }

            _positives[column] += hits;
            _negatives[column] += misses;
            if (curve == RankingCurve.AveragePrecision && hits > 0)
            {
                _areas[column] += hits * (_positives[column] / (_positives[column] + _negatives[column]));
            }
        }

        Array.Clear(_stepPositives);
        Array.Clear(_stepNegatives);
    }

    /// <summary>The number of a column; NaN where it is undefined.</summary>
    public double Value(int column) =>
        curve switch
        {
            RankingCurve.RocAuc => _areas[column] / (2 * _positives[column] * _negatives[column]),
            _ when _positives[column] == 0 && _negatives[column] > 0 => 0,
            _ => _areas[column] / _positives[column],
        };
}
