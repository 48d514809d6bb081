using System.Globalization;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Predictions;

/// <summary>A sample's answers by the candidate and, if compared, the baseline.</summary>
/// <param name="Candidate">The candidate's row.</param>
/// <param name="Baseline">The baseline's row; null without a baseline.</param>
public sealed record AnswerPair(EvaluatedSample Candidate, EvaluatedSample? Baseline);

/// <summary>
/// Scores existing answers without a model call. The numbers are those of a run with the same rows. Its size does not grow with the answers
/// (by some 24 bytes each or more where a metric of their order, or of all answers to a row, is asked for). Not safe for use by several
/// threads at once: give each its own and merge them, in any order.
/// </summary>
public sealed class OfflineScore
{
    private readonly EvaluationSpec _spec;
    private readonly bool _hasBaseline;
    private readonly RowMeasurer _measurer;
    private readonly Scoreboard _scoreboard;
    private readonly OutcomeReasons _reasons = new();
    private OutcomeCounts _candidates = new();
    private OutcomeCounts _baselines = new();

    /// <summary>Creates a score of no answers.</summary>
    /// <param name="spec">Task, labels, metrics, slices, intervals and gate.</param>
    /// <param name="hasBaseline">Whether the answers are compared with a baseline's.</param>
    /// <exception cref="OptionException">A metric or one of its options does not exist, or there are too many labels and
    /// replicates.</exception>
    public OfflineScore(EvaluationSpec spec, bool hasBaseline)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _hasBaseline = hasBaseline;
        _measurer = new RowMeasurer(spec);
        Scoreboard.CheckSize(_measurer.Metrics, spec.Intervals);
        _scoreboard = _measurer.CreateScoreboard(hasBaseline);
    }

    /// <summary>Scores a stream of answers.</summary>
    /// <inheritdoc cref="OfflineScore(EvaluationSpec, bool)"/>
    /// <param name="spec">Task, labels, metrics, slices, intervals and gate.</param>
    /// <param name="answers">The answers, in any order; all or none with a baseline.</param>
    public static EvaluationResult Compute(EvaluationSpec spec, IEnumerable<AnswerPair> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        OfflineScore? score = null;
        foreach (var answer in answers)
        {
            score ??= new OfflineScore(spec, answer.Baseline is not null);
            score.Add(answer);
        }

        return (score ?? new OfflineScore(spec, hasBaseline: false)).Finish();
    }

    /// <summary>Adds a sample's answers.</summary>
    /// <exception cref="ArgumentException">There is a baseline's answer where none is compared, or none where one is.</exception>
    public void Add(AnswerPair answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var candidate = _measurer.WithinLimits(answer.Candidate);
        var baseline = answer.Baseline is null ? null : _measurer.WithinLimits(answer.Baseline);
        if (baseline is not null != _hasBaseline)
        {
            throw new ArgumentException("All answers or none are compared with a baseline's.", nameof(answer));
        }

        _candidates = _candidates.With(candidate.Outcome);
        _reasons.Add(candidate);
        if (baseline is not null)
        {
            _baselines = _baselines.With(baseline.Outcome);
        }

        _scoreboard.Add(
            Scoreboard.SampleKey(candidate.RowId, candidate.Offset),
            _measurer.SlicesOf(candidate),
            _measurer.Measure(candidate),
            baseline is null ? [] : _measurer.Measure(baseline),
            candidate.Turns
        );
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    /// <param name="other">A score by the same spec.</param>
    public void Merge(OfflineScore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _scoreboard.Merge(other._scoreboard);
        _candidates += other._candidates;
        _reasons.Add(other._reasons.ToList());
        _baselines += other._baselines;
    }

    /// <summary>Computes the result.</summary>
    public EvaluationResult Finish()
    {
        var outcomes = new Dictionary<string, OutcomeCounts>(StringComparer.Ordinal) { [Roles.Candidate] = _candidates };
        if (_hasBaseline)
        {
            outcomes[Roles.Baseline] = _baselines;
        }

        var result = EvaluationResult.Create(_spec, _scoreboard.Finish(), outcomes, isComplete: true, reasons: _reasons);
        return result with
        {
            Warnings = [.. _reasons.ToList().Where(reason => reason.Outcome == Outcome.MalformedSample).Select(Warn), .. result.Warnings],
        };
    }

    private static string Warn(OutcomeReason reason) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(reason.Count == 1 ? "1 row is no sample and counts" : $"{reason.Count:N0} rows are no samples and count")} in no number, "
                + $"the first at line {reason.Line}: {reason.Text}"
        );
}
