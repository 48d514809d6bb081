using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Scoring.Candidates;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Results;

/// <summary>
/// One candidate's run, as it is compared with the runs of other candidates. It keeps what the comparison needs and nothing of the
/// scoreboard, so that one scoreboard at a time is in memory: at most 128 MiB of replicates for all candidates together, and
/// <see cref="MaxNumbers"/> numbers.
/// </summary>
public sealed record CandidateRun
{
    /// <summary>Maximum number of candidates.</summary>
    public const int MaxCandidates = 20;

    /// <summary>Maximum number of numbers of all candidates together; those of classes are left out first.</summary>
    public const int MaxNumbers = 20_000;

    /// <summary>Maximum number of replicates of all numbers of all candidates together: 128 MiB.</summary>
    private const int MaxReplicates = 1 << 24;

    private CandidateRun(string model, string runId, RunStatus status)
    {
        Model = model;
        RunId = runId;
        Status = status;
    }

    /// <summary>The candidate's name.</summary>
    public string Model { get; }

    /// <summary>Its run.</summary>
    public string RunId { get; }

    /// <summary>The status of its run.</summary>
    public RunStatus Status { get; }

    /// <summary>The verdict of its run; null without one.</summary>
    public Verdict? Verdict { get; private init; }

    /// <summary>Why its numbers are not compared; null when they are.</summary>
    public string? NotCompared { get; private init; }

    /// <summary>The lesser share of samples that count, the candidate's or the baseline's; NaN without a sample.</summary>
    internal double Coverage { get; private init; } = double.NaN;

    /// <summary>The baseline's name; null without a baseline.</summary>
    internal string? Baseline { get; private init; }

    /// <summary>The numbers that decide, in the order in which the gate names them.</summary>
    internal IReadOnlyList<(string Name, string Slice)> Headline { get; private init; } = [];

    /// <summary>The candidate's numbers that are compared, the more important first; their kinds are set.</summary>
    internal IReadOnlyList<MetricValue> Numbers { get; private init; } = [];

    /// <summary>The baseline's value of each of <see cref="Numbers"/>; null where it is undefined.</summary>
    internal IReadOnlyList<double?> BaselineValues { get; private init; } = [];

    /// <summary>
    /// The intervals of the numbers whose lower bound a rule is on, at the level at which those of all candidates hold together.
    /// </summary>
    internal IReadOnlyDictionary<(string Name, string Slice), (double? Lower, double? Upper)> Bounds { get; private init; } =
        new Dictionary<(string Name, string Slice), (double? Lower, double? Upper)>();

    /// <summary>How many numbers there is no room for.</summary>
    internal int LeftOut { get; private init; }

    /// <summary>The replicates of <see cref="Numbers"/>; null where nothing is compared.</summary>
    internal CandidateReplicates? Replicates { get; private init; }

    /// <summary>A candidate whose run did not complete: it was tried, is never a pass, and its numbers are not compared.</summary>
    /// <param name="model">The candidate's name.</param>
    /// <param name="runId">Its run.</param>
    /// <param name="status">The run's status.</param>
    /// <exception cref="ArgumentException">The run has completed.</exception>
    public static CandidateRun NotCompleted(string model, string runId, RunStatus status) =>
        status == RunStatus.Completed
            ? throw new ArgumentException("A completed run has a summary to compare.", nameof(status))
            : new CandidateRun(model, runId, status) { NotCompared = $"its run is {status}" };

    /// <summary>A candidate whose run completed.</summary>
    /// <param name="spec">The spec that all candidates have in common.</param>
    /// <param name="summary">The run's summary.</param>
    /// <param name="scoreboard">The run's samples, with those of the baseline if there is one; it is not kept.</param>
    /// <param name="tried">How many candidates are compared, those whose run did not complete included; at most
    /// <see cref="MaxCandidates"/>.</param>
    public static CandidateRun Completed(EvaluationSpec spec, RunSummary summary, Scoreboard scoreboard, int tried)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(scoreboard);
        ArgumentOutOfRangeException.ThrowIfLessThan(tried, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tried, MaxCandidates);
        var coverage = summary.Outcomes.Values.Min(counts => counts.Coverage);
        var required = Gate.LeastCoverage(spec.Gate);
        var headline = MetricReadings.Headline(spec, summary.Metrics);
        var known = summary
            .Metrics.Where(line => line.Role == Roles.Candidate)
            .Select(line => line with { Kind = MetricReadings.KindOf(line, headline) })
            .Where(line => line.Kind == MetricKind.Headline || line.Slice == MetricReport.AllSamples)
            .OrderBy(line => line.Kind)
            .ToList();
        var numbers = known.Take(MaxNumbersOf(tried, spec.Intervals.Replicates)).ToList();
        var baseline = summary
            .Metrics.Where(line => line.Role == Roles.Baseline)
            .ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        var isCompared = coverage >= required;
        return new CandidateRun(summary.Models[Roles.Candidate], summary.RunId, RunStatus.Completed)
        {
            Verdict = summary.Verdict,
            Coverage = coverage,
            NotCompared = isCompared
                ? null
                : $"only {NumberText.Share(coverage, required)} of the samples count; "
                    + $"{new NumberText(MetricUnit.Share).Bound(required)} are needed",
            Baseline = summary.Models.GetValueOrDefault(Roles.Baseline),
            Headline = [.. headline],
            Numbers = numbers,
            BaselineValues = [.. numbers.Select(line => baseline.GetValueOrDefault((line.Name, line.Slice)))],
            Bounds = BoundsOf(spec, scoreboard, tried),
            LeftOut = known.Count - numbers.Count,
            Replicates = isCompared ? scoreboard.Keep(numbers.Select(line => (line.Name, line.Slice)).ToHashSet()) : null,
        };
    }

    /// <summary>Intervals by the run's own methods, each with an equal share of the error.</summary>
    private static Dictionary<(string Name, string Slice), (double? Lower, double? Upper)> BoundsOf(
        EvaluationSpec spec,
        Scoreboard scoreboard,
        int tried
    )
    {
        var bounded = (spec.Gate?.Rules ?? [])
            .OfType<LowerBoundRule>()
            .Select(rule => (rule.Metric, rule.Slice ?? MetricReport.AllSamples))
            .ToHashSet();
        return bounded.Count == 0
            ? []
            : scoreboard
                .Finish(tried == 1 ? spec.Intervals.Level : 1 - ((1 - spec.Intervals.Level) / tried))
                .Results.Where(result => result.Role == ModelRole.Candidate && bounded.Contains((result.Definition.Name, result.Slice)))
                .ToDictionary(result => (result.Definition.Name, result.Slice), result => (result.Lower, result.Upper));
    }

    /// <summary>How many numbers of each candidate there is room for.</summary>
    private static int MaxNumbersOf(int candidates, int replicates) =>
        Math.Min(MaxNumbers / candidates, MaxReplicates / candidates / Math.Max(1, replicates));
}
