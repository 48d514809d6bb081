using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Ranking;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Scoring;

/// <summary>
/// Adds up the statistics of the candidate and, if there is one, the baseline over a stream of samples, for the whole dataset
/// and per slice, and turns them into numbers with intervals and paired comparisons. It keeps sums only, so its size depends on
/// metrics, replicates and slices but not on samples; all sums are integers, so the report is the same to the bit whatever the
/// order of <see cref="Add"/> and <see cref="Merge"/>.
/// </summary>
/// <remarks>
/// Intervals rest on Bayesian-bootstrap replicates, see <see cref="BootstrapWeights"/> and <see cref="IntervalRules"/>. Candidate and
/// baseline share the weights, so replicate differences are paired. Not safe for use by several threads at once:
/// give each its own and merge them.
/// </remarks>
public sealed class Scoreboard
{
    private readonly Metric[] _metrics;
    private readonly IntervalSpec _intervals;
    private readonly bool _hasBaseline;
    private readonly long _maxSlicesWithIntervals;
    private readonly int _mostValuesOfTag;
    private readonly int _answersPerSample;
    private readonly double _leastMeasured;
    private readonly IntervalRules _rules;

    private readonly int[] _statisticOffsets;
    private readonly int[] _sumOffsets;
    private readonly bool[] _isFirstOfSumKey;
    private readonly int _sumLength;

    /// <summary>Most numbers in one table of replicates: 128 MiB of them.</summary>
    private const long MostInTable = 1L << 24;

    /// <summary>Most numbers in the tables of all slices: 1 GiB of them.</summary>
    private const long MostInSlices = 1L << 27;

    /// <summary>
    /// Most values of a tag that are slices, where their sums fit into 1 GiB: a tag with more tells samples apart and not kinds of them.
    /// </summary>
    private const int MostValuesOfTag = 1_000;

    // With room for replicates that weigh half as much again as they do on average.
    private const long MostInReplicates = long.MaxValue / (BootstrapWeights.One * 3 / 2);

    // The words before this one are summed in every replicate; those of metrics without intervals come after.
    private readonly int _replicatedLength;
    private readonly List<(int Word, int Metric, int Value)> _proportions = [];

    // Of metrics that are no function of sums; null for the others.
    private readonly RankedSamples?[] _ranked;

    private readonly long[] _noSums;
    private readonly Cell _all;
    private readonly Dictionary<string, Cell> _slices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _valuesOfTag = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _tagsWithoutSlices = new(StringComparer.Ordinal);
    private bool _hasTooManySlices;
    private readonly long[] _weights;
    private readonly SumTerm[] _terms;

    /// <summary>Creates an empty scoreboard.</summary>
    /// <param name="metrics">The metrics, in the order in which a sample's statistics are concatenated.</param>
    /// <param name="intervals">Confidence level and replicates.</param>
    /// <param name="hasBaseline">Whether a baseline is compared.</param>
    /// <param name="maxSlicesWithIntervals">With more slices than this, or than 1 GiB holds the replicates of, none of them gets bootstrap
    /// intervals (a replicate
    /// table of some 100 KB to 1 MB each). Default 50.</param>
    /// <param name="answersPerSample">How many answers there are to one question. Answers to one question have one key and so share their
    /// weights; where there are several, score intervals count as many independent samples as the bootstrap's variance allows, and the
    /// bootstrap's p-value takes the place of McNemar's. Default 1.</param>
    /// <param name="leastMeasured">The share of the samples scored for both models that a metric must be measured on for a comparison by
    /// it. Default 0.95.</param>
    public Scoreboard(
        IReadOnlyList<Metric> metrics,
        IntervalSpec intervals,
        bool hasBaseline,
        int maxSlicesWithIntervals = 50,
        int answersPerSample = 1,
        double leastMeasured = Gate.DefaultMinimumCoverage
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

        this._metrics = [.. metrics];
        this._intervals = intervals;
        this._hasBaseline = hasBaseline;
        this._answersPerSample = answersPerSample;
        this._leastMeasured = leastMeasured;
        _rules = new IntervalRules(intervals, answersPerSample);
        _weights = new long[intervals.Replicates];

        _ranked = [.. this._metrics.Select(metric => metric.Ranking is { } rule ? new RankedSamples(rule, intervals.Replicates) : null)];
        _statisticOffsets = new int[this._metrics.Length];
        _sumOffsets = new int[this._metrics.Length];
        _isFirstOfSumKey = new bool[this._metrics.Length];
        var termCapacity = 0;
        for (var m = 0; m < this._metrics.Length; m++)
        {
            var metric = this._metrics[m];
            _statisticOffsets[m] = StatisticLength;
            StatisticLength += metric.StatisticLength;
            termCapacity += metric.StatisticLength + 2;
            for (var v = 0; v < metric.Values.Count; v++)
            {
                if (metric.Values[v].IsProportion)
                {
                    _proportions.Add((_statisticOffsets[m] + metric.Values[v].HitWord, m, v));
                }
            }
        }

        _replicatedLength = LayOutSums(hasIntervals: true, 0);
        this._maxSlicesWithIntervals = Math.Min(
            maxSlicesWithIntervals,
            MostInSlices / Math.Max(1L, (hasBaseline ? 2L : 1L) * _replicatedLength * intervals.Replicates)
        );
        _sumLength = LayOutSums(hasIntervals: false, _replicatedLength);
        _mostValuesOfTag = (int)Math.Min(MostValuesOfTag, MostInSlices / Math.Max(1L, _sumLength));
        _noSums = new long[_sumLength];
        _terms = new SumTerm[termCapacity];
        _all = new Cell(this);
    }

    /// <summary>Words of one sample's concatenated statistics.</summary>
    public int StatisticLength { get; }

    /// <summary>
    /// The key from which a sample's bootstrap weights derive: XXH64 of the UTF-8 bytes of its id, with its place in the dataset as the
    /// seed.
    /// So samples whose ids repeat are drawn independently of each other, and the answers to one sample, which have one place, together.
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
        if (sums * intervals.Replicates > MostInTable)
        {
            throw new OptionException(
                "intervals.replicates",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"must be at most {MostInTable / sums} with these labels and metrics, which have {sums} sums: {MostInTable} are kept at most in all replicates. Lower it, or name fewer labels or metrics."
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
        var offset = 0;
        foreach (var metric in metrics)
        {
            metric.Measure(sample, statistics.AsSpan(offset, metric.StatisticLength));
            offset += metric.StatisticLength;
        }

        return statistics;
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="sampleKey">Its <see cref="SampleKey"/>.</param>
    /// <param name="sampleSlices">The slices it belongs to beside the whole dataset, for example <c>language=de</c>; no duplicates.</param>
    /// <param name="candidate">The candidate's concatenated statistics; empty when it was not scored.</param>
    /// <param name="baseline">The baseline's concatenated statistics; empty when it was not scored.</param>
    /// <exception cref="ArgumentException">A statistic has the wrong length, or there is one of a baseline where none is
    /// compared.</exception>
    public void Add(ulong sampleKey, IReadOnlyList<string> sampleSlices, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
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
            EnsureSlice(slice);
        }

        if (candidate.IsEmpty && baseline.IsEmpty)
        {
            return;
        }

        BootstrapWeights.Fill(sampleKey, _weights);
        AddTo(_all, candidate, baseline);
        foreach (var slice in sampleSlices)
        {
            if (_slices.TryGetValue(slice, out var cell))
            {
                AddTo(cell, candidate, baseline);
            }
        }

        for (var m = 0; m < _metrics.Length; m++)
        {
            _ranked[m]?.Add(sampleKey, sampleSlices, MeasuredPart(candidate, m), MeasuredPart(baseline, m));
        }
    }

    /// <summary>Adds all that <paramref name="other"/> has seen.</summary>
    /// <exception cref="ArgumentException">The other scoreboard has other metrics, intervals or baseline.</exception>
    public void Merge(Scoreboard other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (
            !_metrics.Select(metric => metric.SumKey).SequenceEqual(other._metrics.Select(metric => metric.SumKey))
            || _intervals != other._intervals
            || _hasBaseline != other._hasBaseline
            || _maxSlicesWithIntervals != other._maxSlicesWithIntervals
        )
        {
            throw new ArgumentException("Scoreboards can be merged only when they were created alike.", nameof(other));
        }

        foreach (var tag in other._tagsWithoutSlices)
        {
            LeaveOut(tag);
        }

        if (other._hasTooManySlices)
        {
            DropReplicates();
        }

        foreach (var (name, _) in other._slices)
        {
            EnsureSlice(name);
        }

        _all.Merge(other._all);
        foreach (var (name, cell) in other._slices)
        {
            if (_slices.TryGetValue(name, out var own))
            {
                own.Merge(cell);
            }
        }

        for (var m = 0; m < _metrics.Length; m++)
        {
            _ranked[m]?.Merge(other._ranked[m]!);
        }
    }

    /// <summary>Computes the report. The scoreboard can go on afterwards.</summary>
    public MetricReport Finish()
    {
        var cells = new List<(string Slice, Cell Cell)> { (MetricReport.AllSamples, _all) };
        cells.AddRange(_slices.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));

        var roles = _hasBaseline ? new[] { ModelRole.Candidate, ModelRole.Baseline } : [ModelRole.Candidate];
        var withReplicates = cells
            .Where(pair => !pair.Cell.HasDroppedReplicates)
            .Select(pair => pair.Slice)
            .ToHashSet(StringComparer.Ordinal);
        var rankedNumbers = _ranked
            .Select(samples =>
                samples is null ? [] : roles.ToDictionary(role => role, role => samples.Compute(role, isShared: false, withReplicates))
            )
            .ToArray();
        var sharedNumbers = _ranked
            .Select(samples =>
                samples is null || !_hasBaseline
                    ? []
                    : roles.ToDictionary(role => role, role => samples.Compute(role, isShared: true, withReplicates))
            )
            .ToArray();
        var results = new List<MetricResult>();
        var matrices = new List<ConfusionMatrixResult>();
        var curves = new List<CalibrationResult>();
        foreach (var role in roles)
        {
            foreach (var (slice, cell) in cells)
            {
                var sums = cell.AllOf(role);
                for (var m = 0; m < _metrics.Length; m++)
                {
                    var numbers = _ranked[m] is null ? NumbersOf(m, sums) : Numbers.Of(rankedNumbers[m][role].GetValueOrDefault(slice));
                    FinishMetric(m, role, slice, cell, numbers, Sums(sums, m), results);
                    if (_metrics[m].Original is ConfusionMatrixMetric matrix)
                    {
                        matrices.Add(
                            new ConfusionMatrixResult
                            {
                                Role = role,
                                Slice = slice,
                                Labels = matrix.Labels,
                                Counts = matrix.Counts(Sums(sums, m)),
                            }
                        );
                    }
                    else if (_metrics[m].Original is CalibrationMetric calibration)
                    {
                        curves.Add(
                            new CalibrationResult
                            {
                                Role = role,
                                Slice = slice,
                                Signature = calibration.Signature,
                                Bins = calibration.Bins(Sums(sums, m)),
                            }
                        );
                    }
                }
            }
        }

        var comparisons = _hasBaseline
            ? cells
                .SelectMany(pair =>
                    Enumerable
                        .Range(0, _metrics.Length)
                        .SelectMany(m =>
                            _ranked[m] is null
                                ? Compare(
                                    m,
                                    pair.Slice,
                                    pair.Cell,
                                    NumbersOf(m, pair.Cell.SharedCandidate),
                                    NumbersOf(m, pair.Cell.SharedBaseline)
                                )
                                : Compare(
                                    m,
                                    pair.Slice,
                                    pair.Cell,
                                    SharedNumbers(m, ModelRole.Candidate, pair.Slice),
                                    SharedNumbers(m, ModelRole.Baseline, pair.Slice)
                                )
                        )
                )
                .ToList()
            : [];
        var (labels, absent) = CountLabels();
        return new MetricReport
        {
            Results = results,
            Comparisons = AdjustOverSlices(comparisons),
            ConfusionMatrices = matrices,
            Calibration = curves,
            LabelCount = labels,
            LabelsWithoutSamples = absent,
            Warnings = [.. WarningsOfMetrics(), .. WarningsOfTags()],
        };

        Numbers SharedNumbers(int m, ModelRole role, string slice) => Numbers.Of(sharedNumbers[m][role].GetValueOrDefault(slice));
    }

    private List<string> WarningsOfMetrics()
    {
        var candidate = _all.AllOf(ModelRole.Candidate);
        return candidate.Samples == 0
            ? []
            : [.. _metrics.Select((metric, m) => metric.WarningOf(Sums(candidate, m))).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private IEnumerable<string> WarningsOfTags() =>
        _tagsWithoutSlices.Select(tag =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"The tag '{tag}' has more than {_mostValuesOfTag:N0} values, so no metric is given by them. Take it out of slices, or give the samples a tag with fewer values."
            )
        );

    /// <summary>The labels of the metric that looks at the most of them, and those that no sample has.</summary>
    private (int Count, IReadOnlyList<string> WithoutSamples) CountLabels()
    {
        var candidate = _all.AllOf(ModelRole.Candidate);
        var (count, absent) = (0, (IReadOnlyList<string>)[]);
        for (var m = 0; m < _metrics.Length && candidate.Samples > 0; m++)
        {
            if (_metrics[m].Original is ClassCountsMetric metric && metric.Labels.Count > count)
            {
                (count, absent) = (metric.Labels.Count, metric.LabelsWithoutSamples(Sums(candidate, m)));
            }
        }

        return (count, absent);
    }

    private void RequireLength(ReadOnlySpan<long> statistics, string name)
    {
        if (!statistics.IsEmpty && statistics.Length != StatisticLength)
        {
            throw new ArgumentException($"Expected {StatisticLength} words, got {statistics.Length}.", name);
        }
    }

    /// <summary>
    /// Makes room for a slice. How many slices there are, and values of a tag, depends on no order, and so neither does the loss of
    /// replicates or of slices.
    /// </summary>
    private void EnsureSlice(string slice)
    {
        var tag = TagOf(slice);
        if (_slices.ContainsKey(slice) || _tagsWithoutSlices.Contains(tag))
        {
            return;
        }

        var added = new Cell(this);
        _slices.Add(slice, added);
        if (_hasTooManySlices)
        {
            added.DropReplicates();
        }
        else if (_slices.Count > _maxSlicesWithIntervals)
        {
            DropReplicates();
        }

        _valuesOfTag[tag] = _valuesOfTag.GetValueOrDefault(tag) + 1;
        if (_valuesOfTag[tag] > _mostValuesOfTag)
        {
            LeaveOut(tag);
        }
    }

    private static string TagOf(string slice) => slice[..Math.Max(0, slice.IndexOf('=', StringComparison.Ordinal))];

    private void DropReplicates()
    {
        _hasTooManySlices = true;
        foreach (var cell in _slices.Values)
        {
            cell.DropReplicates();
        }
    }

    /// <summary>
    /// Forgets the slices of a tag, for good. The others lose their replicates, since it depends on the order how many there were before.
    /// </summary>
    private void LeaveOut(string tag)
    {
        DropReplicates();
        _tagsWithoutSlices.Add(tag);
        foreach (var slice in _slices.Keys.Where(slice => TagOf(slice) == tag).ToList())
        {
            _slices.Remove(slice);
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
                _isFirstOfSumKey[m] = offsets.TryAdd(_metrics[m].SumKey, start);
                _sumOffsets[m] = offsets[_metrics[m].SumKey];
                start += _isFirstOfSumKey[m] ? _metrics[m].SumLength : 0;
            }
        }

        return start;
    }

    private void AddTo(Cell cell, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        var isShared = !candidate.IsEmpty && !baseline.IsEmpty;
        if (!candidate.IsEmpty)
        {
            (isShared ? cell.SharedCandidate : cell.CandidateOnly).Count();
        }

        if (!baseline.IsEmpty)
        {
            (isShared ? cell.SharedBaseline : cell.BaselineOnly).Count();
        }

        for (var m = 0; m < _metrics.Length; m++)
        {
            if (_isFirstOfSumKey[m])
            {
                AddMetric(m, cell, Part(candidate, m), Part(baseline, m));
            }
        }

        for (var p = 0; isShared && p < _proportions.Count; p++)
        {
            var m = _proportions[p].Metric;
            if (_metrics[m].IsMeasured(Part(candidate, m)) != _metrics[m].IsMeasured(Part(baseline, m)))
            {
                continue;
            }

            var change = candidate[_proportions[p].Word] - baseline[_proportions[p].Word];
            var gain = _metrics[m].Values[_proportions[p].Value].HigherIsBetter ? change : -change;
            cell.Gained[p] += gain > 0 ? 1 : 0;
            cell.Lost[p] += gain < 0 ? 1 : 0;
        }
    }

    /// <summary>Adds one metric's statistics; a sample that only one model was measured on counts for that model alone.</summary>
    private void AddMetric(int m, Cell cell, ReadOnlySpan<long> candidate, ReadOnlySpan<long> baseline)
    {
        var isShared = !candidate.IsEmpty && !baseline.IsEmpty && _metrics[m].IsMeasured(candidate) == _metrics[m].IsMeasured(baseline);
        AddStatistic(m, isShared ? cell.SharedCandidate : cell.CandidateOnly, candidate);
        AddStatistic(m, isShared ? cell.SharedBaseline : cell.BaselineOnly, baseline);
    }

    private void AddStatistic(int m, SumTable table, ReadOnlySpan<long> statistic)
    {
        if (!statistic.IsEmpty)
        {
            var count = _metrics[m].Scatter(statistic, _terms);
            table.Add(_sumOffsets[m], _terms.AsSpan(0, count), _weights);
        }
    }

    private ReadOnlySpan<long> Part(ReadOnlySpan<long> statistics, int metric) =>
        statistics.IsEmpty ? statistics : statistics.Slice(_statisticOffsets[metric], _metrics[metric].StatisticLength);

    private ReadOnlySpan<long> MeasuredPart(ReadOnlySpan<long> statistics, int metric)
    {
        var part = Part(statistics, metric);
        return !part.IsEmpty && _metrics[metric].IsMeasured(part) ? part : [];
    }

    private ReadOnlySpan<long> Sums(SumTable table, int metric) => table.Totals.Slice(_sumOffsets[metric], _metrics[metric].SumLength);

    private Numbers NumbersOf(int m, SumTable table)
    {
        var metric = _metrics[m];
        var values = new double[metric.Values.Count];
        metric.Finish(Sums(table, m), values);
        return new Numbers(values, FinishReplicates(m, table), metric.CountSamples(Sums(table, m), table.Samples));
    }

    private void FinishMetric(
        int m,
        ModelRole role,
        string slice,
        Cell cell,
        Numbers numbers,
        ReadOnlySpan<long> sums,
        List<MetricResult> results
    )
    {
        var metric = _metrics[m];
        var (values, replicates, samples, fewestOfClass) = numbers;
        for (var v = 0; v < values.Length; v++)
        {
            var definition = metric.Values[v];
            var missing = Reason(values[v], samples);
            var result = new MetricResult
            {
                Role = role,
                Metric = metric.Name,
                Definition = definition,
                Slice = slice,
                Value = missing == UndefinedReason.None ? values[v] : null,
                ValueMissing = missing,
                IntervalMissing = missing,
                Samples = samples,
                Signature = metric.Signature,
            };
            if (missing == UndefinedReason.None)
            {
                var number = new MeasuredNumber(metric, v, values[v], samples, replicates?[v], fewestOfClass);
                var interval = _rules.OfEstimate(number, sums, WhyNoReplicates(cell, m));
                result = result with
                {
                    Lower = Bound(interval.Lower),
                    Upper = Bound(interval.Upper),
                    Interval = interval.Method,
                    IntervalMissing = interval.Missing,
                };
            }

            results.Add(result);
        }
    }

    /// <summary>A bound, null where there is no interval; infinite bounds have no place in a table.</summary>
    private static double? Bound(double bound) => double.IsFinite(bound) ? bound : null;

    private IEnumerable<MetricComparison> Compare(int m, string slice, Cell cell, Numbers candidateNumbers, Numbers baselineNumbers)
    {
        var metric = _metrics[m];
        if (!metric.HasIntervals)
        {
            yield break;
        }

        var (candidate, candidateReplicates, candidateSamples, candidateClass) = candidateNumbers;
        var (baseline, baselineReplicates, baselineSamples, baselineClass) = baselineNumbers;
        var samples = Math.Min(candidateSamples, baselineSamples);
        for (var v = 0; v < candidate.Length; v++)
        {
            var definition = metric.Values[v];
            var missing = Reason(candidate[v], samples) is var first and not UndefinedReason.None ? first : Reason(baseline[v], samples);
            var comparison = new MetricComparison
            {
                Metric = metric.Name,
                Definition = definition,
                Slice = slice,
                Candidate = Reason(candidate[v], samples) == UndefinedReason.None ? candidate[v] : null,
                Baseline = Reason(baseline[v], samples) == UndefinedReason.None ? baseline[v] : null,
                Difference = missing == UndefinedReason.None ? candidate[v] - baseline[v] : null,
                DifferenceMissing = missing,
                IntervalMissing = missing,
                Samples = samples,
                Signature = metric.Signature,
            };
            if (missing == UndefinedReason.None && samples < _leastMeasured * cell.SharedCandidate.Samples)
            {
                comparison = comparison with { IntervalMissing = UndefinedReason.TooFewMeasured };
            }
            else if (missing == UndefinedReason.None)
            {
                double[]? differences =
                    candidateReplicates is null || baselineReplicates is null
                        ? null
                        : [.. candidateReplicates[v].Zip(baselineReplicates[v], (first, second) => first - second)];
                var fewestOfClass = candidateClass < baselineClass ? candidateClass : baselineClass;
                comparison = WithTest(
                    comparison,
                    m,
                    cell,
                    new MeasuredNumber(metric, v, candidate[v] - baseline[v], samples, differences, fewestOfClass)
                );
            }

            yield return comparison;
        }
    }

    private MetricComparison WithTest(MetricComparison comparison, int m, Cell cell, MeasuredNumber difference)
    {
        var p = _proportions.FindIndex(proportion => proportion.Metric == m && proportion.Value == difference.Index);
        var (interval, pValue) =
            p < 0 || _answersPerSample > 1
                ? _rules.OfDifference(difference, Sums(cell.SharedCandidate, m), Sums(cell.SharedBaseline, m), WhyNoReplicates(cell, m))
                : (default, McNemar.Exact(cell.Gained[p], cell.Lost[p]));
        if (p >= 0)
        {
            var isGain = difference.Definition.HigherIsBetter;
            interval = _rules.OfProportionDifference(
                difference,
                isGain ? cell.Gained[p] : cell.Lost[p],
                isGain ? cell.Lost[p] : cell.Gained[p]
            );
            comparison = comparison with { Gained = cell.Gained[p], Lost = cell.Lost[p] };
        }

        return comparison with
        {
            Lower = Bound(interval.Lower),
            Upper = Bound(interval.Upper),
            Interval = interval.Method,
            IntervalMissing = interval.Missing,
            PValue = pValue,
            Test =
                pValue is null ? PairedTest.None
                : p < 0 || _answersPerSample > 1 ? PairedTest.BootstrapT
                : PairedTest.McNemarExact,
        };
    }

    /// <summary>The metric's numbers in every replicate, by value; null when there are no replicates.</summary>
    private double[][]? FinishReplicates(int m, SumTable table)
    {
        var metric = _metrics[m];
        if (!metric.HasIntervals || table.Replicates is not { } columns || _weights.Length == 0 || !HasRoom(Sums(table, m)))
        {
            return null;
        }

        var numbers = metric.Values.Select(_ => new double[_weights.Length]).ToArray();
        var row = new long[metric.SumLength];
        var values = new double[metric.Values.Count];
        for (var r = 0; r < _weights.Length; r++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = columns[((_sumOffsets[m] + i) * _weights.Length) + r];
            }

            metric.FinishReplicate(row, values);
            for (var v = 0; v < values.Length; v++)
            {
                numbers[v][r] = values[v];
            }
        }

        return numbers;
    }

    private UndefinedReason WhyNoReplicates(Cell cell, int m) =>
        !_metrics[m].HasIntervals || _weights.Length == 0 ? UndefinedReason.NotRequested
        : cell.HasDroppedReplicates ? UndefinedReason.TooManySlices
        : UndefinedReason.TooManySamples;

    /// <summary>Whether the weighted sums fit into 64 bits: what passes beyond on the way comes back, but a sum itself must not.</summary>
    private static bool HasRoom(ReadOnlySpan<long> sums) => !sums.ContainsAnyExceptInRange(-MostInReplicates, MostInReplicates);

    private static UndefinedReason Reason(double value, long samples) =>
        samples == 0 ? UndefinedReason.NoSample
        : double.IsNaN(value) ? UndefinedReason.DivisionByZero
        : double.IsInfinity(value) ? UndefinedReason.Infinite
        : UndefinedReason.None;

    /// <summary>Holm's correction of each number's p-values over the slices.</summary>
    private static List<MetricComparison> AdjustOverSlices(List<MetricComparison> comparisons)
    {
        var adjusted = comparisons.ToList();
        var families = comparisons
            .Select((comparison, index) => (comparison, index))
            .Where(item => item.comparison.Slice != MetricReport.AllSamples && item.comparison.PValue is not null)
            .GroupBy(item => (item.comparison.Metric, item.comparison.Signature, item.comparison.Definition.Name));
        foreach (var family in families)
        {
            var members = family.ToArray();
            var pValues = Holm.Adjust([.. members.Select(member => member.comparison.PValue!.Value)]);
            for (var i = 0; i < members.Length; i++)
            {
                adjusted[members[i].index] = members[i].comparison with { AdjustedPValue = pValues[i] };
            }
        }

        return adjusted;
    }

    /// <summary>
    /// A metric's numbers over some samples: its values, each in every replicate (null without replicates), how many samples they rest on,
    /// and for a ranking how many its smallest class has.
    /// </summary>
    private sealed record Numbers(double[] Values, double[][]? Replicates, long Samples, long? FewestOfClass = null)
    {
        public static Numbers Of(RankedNumber? number)
        {
            number ??= RankedNumber.None;
            return new Numbers(
                [number.Value],
                number.Replicates is { } replicates ? [replicates] : null,
                number.Samples,
                number.FewestOfClass
            );
        }
    }

    /// <summary>The sums of one slice, apart for samples scored for both models and for one only.</summary>
    private sealed class Cell(Scoreboard owner)
    {
        public SumTable SharedCandidate { get; } = new(owner);

        public SumTable SharedBaseline { get; } = new(owner);

        public SumTable CandidateOnly { get; } = new(owner);

        public SumTable BaselineOnly { get; } = new(owner);

        public long[] Gained { get; } = new long[owner._proportions.Count];

        public long[] Lost { get; } = new long[owner._proportions.Count];

        public bool HasDroppedReplicates { get; private set; }

        private SumTable[] Tables => [SharedCandidate, SharedBaseline, CandidateOnly, BaselineOnly];

        /// <summary>The sums over every sample that a model was scored on.</summary>
        public SumTable AllOf(ModelRole role) =>
            role == ModelRole.Candidate ? SumTable.Union(SharedCandidate, CandidateOnly) : SumTable.Union(SharedBaseline, BaselineOnly);

        public void DropReplicates()
        {
            HasDroppedReplicates = true;
            foreach (var table in Tables)
            {
                table.DropReplicates();
            }
        }

        public void Merge(Cell other)
        {
            foreach (var (mine, theirs) in Tables.Zip(other.Tables))
            {
                mine.Merge(theirs);
            }

            for (var p = 0; p < Gained.Length; p++)
            {
                Gained[p] += other.Gained[p];
                Lost[p] += other.Lost[p];
            }
        }
    }

    /// <summary>Sums over samples, and the same sums in every replicate: one column of replicates per word.</summary>
    private sealed class SumTable(Scoreboard owner)
    {
        private bool _hasReplicates = owner._weights.Length > 0;

        // Most tables of most slices stay empty, so they take no room until something is added.
        private long[]? _totals;

        public long Samples { get; private set; }

        public ReadOnlySpan<long> Totals => _totals ?? owner._noSums;

        /// <summary>The sums of word w in replicate r at w × replicates + r; null before the first sample and when dropped.</summary>
        public long[]? Replicates { get; private set; }

        public static SumTable Union(SumTable first, SumTable second)
        {
            var union = first.CreateLike();
            union.Merge(first);
            union.Merge(second);
            return union;
        }

        public void Count() => Samples++;

        public void Add(int offset, ReadOnlySpan<SumTerm> terms, ReadOnlySpan<long> weights)
        {
            _totals ??= new long[owner._sumLength];
            foreach (var (index, amount) in terms)
            {
                _totals[offset + index] = checked(_totals[offset + index] + amount);
            }

            if (_hasReplicates && offset < owner._replicatedLength)
            {
                var columns = Replicates ??= new long[owner._replicatedLength * weights.Length];
                foreach (var (index, amount) in terms)
                {
                    ReplicateColumn.AddScaled(columns.AsSpan((offset + index) * weights.Length, weights.Length), weights, amount);
                }
            }
        }

        public void Merge(SumTable other)
        {
            Samples += other.Samples;
            if (other._totals is { } sums)
            {
                _totals ??= new long[sums.Length];
                for (var i = 0; i < sums.Length; i++)
                {
                    _totals[i] = checked(_totals[i] + sums[i]);
                }
            }

            if (_hasReplicates && other.Replicates is { } columns)
            {
                Replicates ??= new long[columns.Length];
                ReplicateColumn.Add(Replicates, columns);
            }
        }

        public void DropReplicates()
        {
            _hasReplicates = false;
            Replicates = null;
        }

        private SumTable CreateLike() => new(owner) { _hasReplicates = _hasReplicates };
    }
}
