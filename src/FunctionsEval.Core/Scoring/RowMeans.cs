using FunctionsEval.Core.Metrics.Repeats;

namespace FunctionsEval.Core.Scoring;

/// <summary>A model's answers to one row.</summary>
/// <param name="Scored">How many count.</param>
/// <param name="Usable">Of how many of them it is known whether they are right; 0 for a row with more answers than a row can have.</param>
/// <param name="Right">How many of these are right.</param>
internal readonly record struct RepeatedRow(int Scored, int Usable, int Right);

/// <summary>The means over rows that a <see cref="RepeatRule"/> asks for, of the rows as they are and in every replicate.</summary>
/// <param name="rule">What is estimated of a row.</param>
/// <param name="replicates">Bootstrap replicates.</param>
internal sealed class RowMeans(RepeatRule rule, int replicates)
{
    private readonly Mean[] _means = [.. Enumerable.Range(0, rule.Estimators.Count + 1).Select(_ => new Mean(replicates))];

    /// <summary>Adds a row. A number is of the rows that have enough answers for it.</summary>
    /// <param name="row">The model's answers.</param>
    /// <param name="other">The other model's, where only rows count that have enough of both; else null.</param>
    /// <param name="weights">The row's weight in each replicate; may be longer than needed.</param>
    public void Add(RepeatedRow row, RepeatedRow? other, ReadOnlySpan<ushort> weights)
    {
        var usable = Math.Min(row.Usable, other?.Usable ?? int.MaxValue);
        for (var e = 0; e < rule.Estimators.Count; e++)
        {
            if (usable >= rule.Estimators[e].Draws)
            {
                _means[e].Add(rule.Estimators[e].Estimate(row.Usable, row.Right), row.Usable, weights);
            }
        }

        if (row.Scored > 0 && other is not { Scored: 0 })
        {
            _means[^1].Add(row.Usable >= rule.MaxDraws ? 1 : 0, row.Scored, weights);
        }
    }

    /// <summary>The numbers. They rest on the answers of the rows, as numbers of single answers do.</summary>
    public MetricNumbers Finish() =>
        new(
            [.. _means.Select(mean => mean.Value)],
            replicates > 0 ? [.. _means.Select(mean => mean.Replicates())] : null,
            _means.Max(mean => mean.Answers)
        )
        {
            SamplesByValue = [.. _means.Select(mean => mean.Answers)],
        };

    private sealed class Mean(int replicates)
    {
        private readonly double[] _sums = new double[replicates];
        private readonly double[] _weights = new double[replicates];
        private double _sum;
        private long _rows;

        public long Answers { get; private set; }

        /// <summary>NaN over no row.</summary>
        public double Value => _sum / _rows;

        public double[] Replicates() => [.. _sums.Zip(_weights, (sum, weight) => sum / weight)];

        public void Add(double value, int answers, ReadOnlySpan<ushort> weights)
        {
            _sum += value;
            _rows++;
            Answers += answers;
            for (var r = 0; r < _sums.Length; r++)
            {
                _sums[r] += weights[r] * value;
                _weights[r] += weights[r];
            }
        }
    }
}
