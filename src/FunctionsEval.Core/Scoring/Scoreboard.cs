using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Scoring.Candidates;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// Adds up the statistics of the candidate and, if there is one, the baseline over a stream of samples, for the whole dataset
/// and per slice, and turns them into numbers with intervals and paired comparisons. It keeps sums only, so its size depends on
/// metrics, replicates and slices but not on samples; all sums are integers, so the report is the same to the bit whatever the
/// order of <see cref="Add"/> and <see cref="Merge(Scoreboard)"/>.
/// </summary>
/// <remarks>
/// Intervals rest on Bayesian-bootstrap replicates, see <see cref="BootstrapWeights"/> and <see cref="IntervalRules"/>. Candidate and
/// baseline share the weights, so replicate differences are paired. Not safe for use by several threads at once:
/// give each its own and merge them.
/// </remarks>
public sealed partial class Scoreboard
{
    /// <summary>Maximum number of numbers in one table of replicates: 128 MiB.</summary>
    private const long MaxInTable = 1L << 24;

    private readonly IntervalSpec _intervals;
    private readonly bool _hasBaseline;
    private readonly ScoreboardLayout _layout;
    private readonly SliceSet _slices;
    private readonly ReportBuilder _report;
    private readonly int _answersPerSample;
    private readonly double _minMeasuredShare;

    // Of metrics that are no function of sums; null for the others.
    private readonly KeptSamples?[] _kept;

    /// <summary>Creates an empty scoreboard.</summary>
    /// <param name="metrics">The metrics, in the order in which a sample's statistics are concatenated.</param>
    /// <param name="intervals">Confidence level and replicates.</param>
    /// <param name="hasBaseline">Whether a baseline is compared.</param>
    /// <param name="maxSlicesWithIntervals">With more slices than this, or than 1 GiB holds the replicates of, none of them gets bootstrap
    /// intervals (a replicate table of some 100 KB to 1 MB each). Default 50.</param>
    /// <param name="answersPerSample">How many answers there are to one question. Answers to one question have one key and so share their
    /// weights; where there are several, score intervals count as many independent samples as the bootstrap's variance allows, and the
    /// bootstrap's p-value takes the place of McNemar's. Default 1.</param>
    /// <param name="minMeasuredShare">The share of the samples scored for both models that a metric must be measured on for a comparison
    /// by it. Default 0.95.</param>
    public Scoreboard(
        IReadOnlyList<Metric> metrics,
        IntervalSpec intervals,
        bool hasBaseline,
        int maxSlicesWithIntervals = 50,
        int answersPerSample = 1,
        double minMeasuredShare = Gate.DefaultMinimumCoverage
    )
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(intervals);
        ArgumentOutOfRangeException.ThrowIfNegative(intervals.Replicates, nameof(intervals));
        ArgumentOutOfRangeException.ThrowIfLessThan(answersPerSample, 1);
        if (intervals.Level is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(intervals), intervals.Level, "The confidence level must lie between 0 and 1.");
        }

        _intervals = intervals;
        _hasBaseline = hasBaseline;
        _layout = new ScoreboardLayout(metrics, intervals.Replicates);
        _slices = new SliceSet(_layout, models: hasBaseline ? 2 : 1, maxSlicesWithIntervals);
        _kept = [.. metrics.Select(metric => metric.SampleRule is { } rule ? KeptSamples.Create(rule, intervals.Replicates) : null)];
        _answersPerSample = answersPerSample;
        _minMeasuredShare = minMeasuredShare;
        _report = CreateReport(intervals);
    }

    /// <summary>Words of one sample's concatenated statistics.</summary>
    public int StatisticLength => _layout.StatisticLength;

    /// <summary>
    /// The key from which a sample's bootstrap weights derive: XXH64 of the UTF-8 bytes of its id, with its place in the dataset as the
    /// seed. So samples whose ids repeat are drawn independently of each other, and the answers to one sample, which have one place,
    /// together.
    /// </summary>
    /// <param name="sampleId">The id.</param>
    /// <param name="place">The byte offset in the dataset, or whatever else tells samples of one id apart and is the same for all
    /// models.</param>
    public static ulong SampleKey(string sampleId, long place = 0)
    {
        ArgumentNullException.ThrowIfNull(sampleId);
        return XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sampleId), place);
    }

    /// <summary>
    /// Refuses metrics and replicates whose sums would take too much memory: 2,000 labels have 6,000 sums, each once more in every
    /// replicate.
    /// </summary>
    /// <exception cref="OptionException">There are too many.</exception>
    public static void CheckSize(IReadOnlyList<Metric> metrics, IntervalSpec intervals)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(intervals);
        var sums = metrics.Where(metric => metric.HasIntervals).DistinctBy(metric => metric.SumKey).Sum(metric => (long)metric.SumLength);
        if (sums * intervals.Replicates > MaxInTable)
        {
            throw new OptionException(
                "intervals.replicates",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"must be at most {MaxInTable / sums} with these labels and metrics, which have {sums} sums: "
                        + $"{MaxInTable} are kept at most in all replicates. Lower it, or name fewer labels or metrics."
                )
            );
        }
    }

    /// <summary>Measures a sample by every metric in turn.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="sample">The sample.</param>
    /// <returns>The concatenated statistics, as <see cref="Add"/> takes them.</returns>
    public static long[] Measure(IReadOnlyList<Metric> metrics, MetricSample sample)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var statistics = new long[metrics.Sum(metric => metric.StatisticLength)];
        Measure(metrics, sample, statistics);
        return statistics;
    }

    /// <summary>Measures a sample by every metric in turn, without allocating what the metrics do not need.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="statistics">Receives the concatenated statistics.</param>
    public static void Measure(IReadOnlyList<Metric> metrics, MetricSample sample, Span<long> statistics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        statistics.Clear();
        for (var i = 0; i < metrics.Count; i++)
        {
            metrics[i].Measure(sample, statistics[..metrics[i].StatisticLength]);
            statistics = statistics[metrics[i].StatisticLength..];
        }
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="sampleKey">Its <see cref="SampleKey"/>.</param>
    /// <param name="sampleSlices">The slices it belongs to beside the whole dataset, for example <c>language=de</c>; no duplicates.</param>
    /// <param name="candidate">The candidate's concatenated statistics; empty when it was not scored.</param>
    /// <param name="baseline">The baseline's concatenated statistics; empty when it was not scored.</param>
    /// <param name="turns">How many samples its row has where each turn of a conversation is one. They have one key, and intervals take
    /// them for no more than one sample where they behave alike. Default 1; 0 means the same.</param>
    /// <exception cref="ArgumentException">A statistic has the wrong length, or there is one of a baseline where none is
    /// compared.</exception>
    public void Add(
        ulong sampleKey,
        IReadOnlyList<string> sampleSlices,
        ReadOnlySpan<long> candidate,
        ReadOnlySpan<long> baseline,
        int turns = 1
    )
    {
        ArgumentNullException.ThrowIfNull(sampleSlices);
        RequireLength(candidate, nameof(candidate));
        RequireLength(baseline, nameof(baseline));
        if (!baseline.IsEmpty && !_hasBaseline)
        {
            throw new ArgumentException("This scoreboard was created without a baseline.", nameof(baseline));
        }

        foreach (var slice in sampleSlices)
        {
            _slices.Ensure(slice);
        }

        if (candidate.IsEmpty && baseline.IsEmpty)
        {
            return;
        }

        _slices.Add(sampleKey, sampleSlices, candidate, baseline, Math.Max(1, turns));
        for (var m = 0; m < _kept.Length; m++)
        {
            _kept[m]?.Add(sampleKey, sampleSlices, _layout.MeasuredStatisticOf(m, candidate), _layout.MeasuredStatisticOf(m, baseline));
        }
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    /// <exception cref="ArgumentException">The other scoreboard has other metrics, intervals or baseline.</exception>
    public void Merge(Scoreboard other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (
            !_layout.Metrics.Select(metric => metric.SumKey).SequenceEqual(other._layout.Metrics.Select(metric => metric.SumKey))
            || _intervals != other._intervals
            || _hasBaseline != other._hasBaseline
        )
        {
            throw new ArgumentException("Scoreboards can be merged only when they were created alike.", nameof(other));
        }

        _slices.Merge(other._slices);
        for (var m = 0; m < _kept.Length; m++)
        {
            _kept[m]?.Merge(other._kept[m]!);
        }
    }

    /// <summary>Computes the report. The scoreboard can go on afterwards.</summary>
    public MetricReport Finish() => _report.Build();

    /// <summary>Computes the report with intervals at another confidence level.</summary>
    /// <param name="level">Between 0 and 1.</param>
    public MetricReport Finish(double level) => CreateReport(_intervals with { Level = level }).Build();

    /// <summary>
    /// Keeps the replicates of some numbers, which are compared with those of other candidates when the scoreboard is gone: the replicates
    /// of the difference from the baseline, and those of the number itself without one. It takes 8 bytes a number and replicate.
    /// </summary>
    /// <param name="numbers">The names and slices of the numbers.</param>
    public CandidateReplicates Keep(IReadOnlySet<(string Name, string Slice)> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return _report.Keep(numbers);
    }

    private ReportBuilder CreateReport(IntervalSpec intervals)
    {
        var rules = new IntervalRules(intervals, _answersPerSample);
        return new ReportBuilder(
            _layout,
            _slices,
            _kept,
            new Estimator(_layout, rules),
            _hasBaseline ? new PairedComparer(_layout, rules, _answersPerSample, _minMeasuredShare) : null,
            rules
        );
    }

    private void RequireLength(ReadOnlySpan<long> statistics, string name)
    {
        if (!statistics.IsEmpty && statistics.Length != StatisticLength)
        {
            throw new ArgumentException($"Expected {StatisticLength} words, got {statistics.Length}.", name);
        }
    }
}
