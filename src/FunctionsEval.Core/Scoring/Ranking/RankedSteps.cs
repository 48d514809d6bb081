using System.Numerics;
using System.Runtime.InteropServices;
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
    public void Add(bool isPositive, ReadOnlySpan<ushort> weights)
    {
        var sums = isPositive ? _stepPositives : _stepNegatives;
        sums[0]++;
        var replicates = sums.AsSpan(1);
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(replicates);
        var loaded = MemoryMarshal.Cast<ushort, Vector<ushort>>(weights[..replicates.Length]);
        for (var i = 0; i < loaded.Length; i++)
        {
            Vector.Widen(loaded[i], out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            vectors[4 * i] += Vector.ConvertToDouble(Vector.AsVectorInt64(first));
            vectors[(4 * i) + 1] += Vector.ConvertToDouble(Vector.AsVectorInt64(second));
            vectors[(4 * i) + 2] += Vector.ConvertToDouble(Vector.AsVectorInt64(third));
            vectors[(4 * i) + 3] += Vector.ConvertToDouble(Vector.AsVectorInt64(fourth));
        }

        for (var replicate = loaded.Length * Vector<ushort>.Count; replicate < replicates.Length; replicate++)
        {
            replicates[replicate] += weights[replicate];
        }
    }

    /// <summary>Ends the step: the next sample has a lower score.</summary>
    public void EndStep()
    {
        // No weight is 0. So a step has hits in every column or in none.
        var hasHits = _stepPositives[0] > 0;
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(_areas).Length;
        for (var i = 0; i < vectors; i++)
        {
            EndStep(i, hasHits);
        }

        for (var column = vectors * Vector<double>.Count; column < _areas.Length; column++)
        {
            var (hits, misses) = (_stepPositives[column], _stepNegatives[column]);
            if (curve == RankingCurve.RocAuc)
            {
                _areas[column] += misses * ((2 * _positives[column]) + hits);
            }

            _positives[column] += hits;
            _negatives[column] += misses;
            if (curve == RankingCurve.AveragePrecision && hasHits)
            {
                _areas[column] += hits * (_positives[column] / (_positives[column] + _negatives[column]));
            }
        }

        Array.Clear(_stepPositives);
        Array.Clear(_stepNegatives);
    }

    /// <summary>The same for some columns at once: the same operations, and so the same bits.</summary>
    private void EndStep(int vector, bool hasHits)
    {
        var start = vector * Vector<double>.Count;
        var (hits, misses) = (new Vector<double>(_stepPositives, start), new Vector<double>(_stepNegatives, start));
        var (positives, areas) = (new Vector<double>(_positives, start), new Vector<double>(_areas, start));
        if (curve == RankingCurve.RocAuc)
        {
            areas += misses * ((2 * positives) + hits);
        }

        positives += hits;
        var negatives = new Vector<double>(_negatives, start) + misses;
        if (curve == RankingCurve.AveragePrecision && hasHits)
        {
            areas += hits * (positives / (positives + negatives));
        }

        positives.CopyTo(_positives, start);
        negatives.CopyTo(_negatives, start);
        areas.CopyTo(_areas, start);
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
