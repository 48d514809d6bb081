using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Core.Scoring;

/// <summary>Measures logged rows by a spec's metrics. Runs and offline scores both use it.</summary>
public sealed class RowMeasurer
{
    private readonly IReadOnlyList<string> _slices;
    private readonly EvaluationSpec _spec;
    private readonly bool _hasLimits;

    /// <summary>Builds the spec's metrics.</summary>
    /// <exception cref="OptionException">A metric or one of its options does not exist.</exception>
    public RowMeasurer(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
        Layout = XxHash64.HashToUInt64(
            Encoding.UTF8.GetBytes(
                string.Join('\n', Metrics.Select(metric => FormattableString.Invariant($"{metric.StatisticLength}|{metric.SumKey}")))
            )
        );
        _slices = [.. spec.Slices.Distinct(StringComparer.Ordinal)];
        _spec = spec;
        _hasLimits = Metrics.Any(metric => metric.MaxPairs < long.MaxValue);
    }

    /// <summary>An empty scoreboard of these metrics.</summary>
    /// <param name="hasBaseline">Whether a baseline is compared.</param>
    public Scoreboard CreateScoreboard(bool hasBaseline) =>
        new(Metrics, _spec.Intervals, hasBaseline, answersPerSample: _spec.Repeats, minMeasuredShare: Gate.LeastCoverage(_spec.Gate));

    /// <summary>The spec's metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>What the metrics ask graders about each answer.</summary>
    public IReadOnlyList<GraderSpec> Graders => [.. Metrics.SelectMany(metric => metric.Graders)];

    /// <summary>Whether a metric compares the candidate's answers with the baseline's.</summary>
    public bool ComparesWithBaseline => Graders.Any(IsAgainstBaseline);

    /// <summary>What the metrics ask graders about each answer of a role: only the candidate's are compared with the baseline's.</summary>
    /// <param name="role">One of <see cref="Roles"/>.</param>
    public IReadOnlyList<GraderSpec> GradersOf(string role) =>
        role == Roles.Candidate ? Graders : [.. Graders.Where(grader => !IsAgainstBaseline(grader))];

    private static bool IsAgainstBaseline(GraderSpec grader) => grader is PairwiseSpec { Against: PairwiseOpponent.Baseline };

    /// <summary>
    /// A hash of what the words of <see cref="Measure"/> are. Another version of the app may measure the same spec in other words.
    /// </summary>
    public ulong Layout { get; }

    /// <summary>
    /// The row, with the outcome <see cref="Outcome.TooLongToScore"/> where its texts are too long for one of the metrics.
    /// </summary>
    public EvaluatedSample WithinLimits(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!_hasLimits || !row.IsMeasured)
        {
            return row;
        }

        var sample = row.ToMetricSample();
        var references = sample.References.Sum(reference => (long)reference.Length);
        var metric = Metrics.FirstOrDefault(metric => (metric.AnswerOf(sample)?.Length ?? 0) * references > metric.MaxPairs);
        return metric is null
            ? row
            : row with
            {
                Outcome = Outcome.TooLongToScore,
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"too_long_to_score: {metric.Name} takes at most {metric.MaxPairs:N0} pairs of characters of answer and references, "
                        + $"and these are {metric.AnswerOf(sample)!.Length:N0} × {references:N0}; leave {metric.Name} out, "
                        + $"or shorten the texts"
                ),
            };
    }

    /// <summary>What a row adds to the metrics, one after the other; empty for a row that does not count.</summary>
    public long[] Measure(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsMeasured ? Scoreboard.Measure(Metrics, row.ToMetricSample()) : [];
    }

    /// <summary>The slices a row belongs to, as <c>tag=value</c>.</summary>
    public IReadOnlyList<string> SlicesOf(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        List<string> slices = [.. _slices.Where(tag => row.Tags?.ContainsKey(tag) == true).Select(tag => $"{tag}={row.Tags![tag]}")];
        if (row.Leak is { } leak)
        {
            slices.Add(leak == Leak.None ? "leaked=no" : "leaked=yes");
        }

        if (row.Repeat > 0)
        {
            slices.Add(string.Create(CultureInfo.InvariantCulture, $"repeat={row.Repeat}"));
        }

        if (row.Turn is > 0 and <= SliceNames.MaxTurns)
        {
            slices.Add(string.Create(CultureInfo.InvariantCulture, $"{SliceNames.Turn}={row.Turn}"));
        }

        return slices;
    }
}
