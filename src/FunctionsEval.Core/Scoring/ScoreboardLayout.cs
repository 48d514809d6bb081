using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring;

/// <summary>A number that is hits ÷ samples.</summary>
/// <param name="Word">The word of a sample's concatenated statistics that is 1 for a hit.</param>
/// <param name="Metric">Index of its metric.</param>
/// <param name="Value">Index of the number in the metric's values.</param>
internal readonly record struct Proportion(int Word, int Metric, int Value);

/// <summary>
/// Where the words of every metric are: in the concatenated statistics of a sample, and in the sums over samples. Metrics with equal
/// <see cref="Metric.SumKey"/> share one copy of their sums. Metrics with intervals come first in the sums, since only they are summed in
/// every bootstrap replicate.
/// </summary>
internal sealed class ScoreboardLayout
{
    private readonly Metric[] _metrics;
    private readonly int[] _statisticOffsets;
    private readonly int[] _sumOffsets;
    private readonly bool[] _ownsSums;
    private readonly List<Proportion> _proportions = [];
    private readonly long[] _noSums;

    /// <summary>Lays the words out.</summary>
    /// <param name="metrics">The metrics, in the order in which a sample's statistics are concatenated.</param>
    /// <param name="replicates">Bootstrap replicates.</param>
    public ScoreboardLayout(IReadOnlyList<Metric> metrics, int replicates)
    {
        _metrics = [.. metrics];
        Replicates = replicates;
        _statisticOffsets = new int[_metrics.Length];
        _sumOffsets = new int[_metrics.Length];
        _ownsSums = new bool[_metrics.Length];
        LayOutStatistics();
        ReplicatedLength = LayOutSums(hasIntervals: true, 0);
        SumLength = LayOutSums(hasIntervals: false, ReplicatedLength);
        _noSums = new long[SumLength];
    }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<Metric> Metrics => _metrics;

    /// <summary>Bootstrap replicates.</summary>
    public int Replicates { get; }

    /// <summary>Words of one sample's concatenated statistics.</summary>
    public int StatisticLength { get; private set; }

    /// <summary>Words of the sums of all metrics.</summary>
    public int SumLength { get; }

    /// <summary>The words before this one are summed in every replicate; those of metrics without intervals come after.</summary>
    public int ReplicatedLength { get; }

    /// <summary>Room for the terms of the longest scatter of one metric.</summary>
    public int MaxTerms { get; private set; }

    /// <summary>The numbers that are proportions.</summary>
    public IReadOnlyList<Proportion> Proportions => _proportions;

    /// <summary>Sums over no sample.</summary>
    public ReadOnlySpan<long> NoSums => _noSums;

    /// <summary>Whether the metric is the first of those that share their sums, and so the one that adds to them.</summary>
    public bool OwnsSums(int metric) => _ownsSums[metric];

    /// <summary>Where the metric's sums begin.</summary>
    public int SumOffset(int metric) => _sumOffsets[metric];

    /// <summary>The metric's part of a sample's statistics; empty for a sample that was not scored.</summary>
    public ReadOnlySpan<long> StatisticOf(int metric, ReadOnlySpan<long> statistics) =>
        statistics.IsEmpty ? statistics : statistics.Slice(_statisticOffsets[metric], _metrics[metric].StatisticLength);

    /// <summary>The same; empty also for a sample that does not have what the metric needs.</summary>
    public ReadOnlySpan<long> MeasuredStatisticOf(int metric, ReadOnlySpan<long> statistics)
    {
        var statistic = StatisticOf(metric, statistics);
        return !statistic.IsEmpty && _metrics[metric].IsMeasured(statistic) ? statistic : [];
    }

    /// <summary>The metric's part of the sums.</summary>
    public ReadOnlySpan<long> SumsOf(int metric, ReadOnlySpan<long> sums) => sums.Slice(_sumOffsets[metric], _metrics[metric].SumLength);

    /// <summary>Index of a number among <see cref="Proportions"/>; −1 where it is none.</summary>
    public int ProportionOf(int metric, int value) =>
        _proportions.FindIndex(proportion => proportion.Metric == metric && proportion.Value == value);

    private void LayOutStatistics()
    {
        for (var m = 0; m < _metrics.Length; m++)
        {
            var metric = _metrics[m];
            _statisticOffsets[m] = StatisticLength;
            StatisticLength += metric.StatisticLength;
            MaxTerms = Math.Max(MaxTerms, metric.MaxTerms);
            for (var v = 0; v < metric.Values.Count; v++)
            {
                if (metric.Values[v].IsProportion)
                {
                    _proportions.Add(new Proportion(_statisticOffsets[m] + metric.Values[v].SuccessIndex, m, v));
                }
            }
        }
    }

    /// <summary>Places the sums of metrics with or without intervals, one copy per key, and returns where they end.</summary>
    private int LayOutSums(bool hasIntervals, int start)
    {
        var offsets = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var m = 0; m < _metrics.Length; m++)
        {
            if (_metrics[m].HasIntervals == hasIntervals)
            {
                _ownsSums[m] = offsets.TryAdd(_metrics[m].SumKey, start);
                _sumOffsets[m] = offsets[_metrics[m].SumKey];
                start += _ownsSums[m] ? _metrics[m].SumLength : 0;
            }
        }

        return start;
    }
}
