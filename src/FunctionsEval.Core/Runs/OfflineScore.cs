using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Runs;

/// <summary>A sample's answers by the candidate and, if compared, the baseline.</summary>
/// <param name="Candidate">The candidate's row.</param>
/// <param name="Baseline">The baseline's row; null without a baseline.</param>
public sealed record AnswerPair(LogRow Candidate, LogRow? Baseline);

/// <summary>Scores answers that are there already, without a model call; the numbers are those a run gives for the same rows.</summary>
public static class OfflineScore
{
    /// <summary>Scores a stream of answers; memory does not grow with their number.</summary>
    /// <param name="spec">Task, labels, metrics, slices, intervals and gate.</param>
    /// <param name="answers">The answers, in any order; all or none with a baseline.</param>
    /// <exception cref="MetricSpecException">A metric or one of its options does not exist.</exception>
    public static EvaluationResult Compute(EvaluationSpec spec, IEnumerable<AnswerPair> answers)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(answers);
        var measurer = new RowMeasurer(spec);
        Scoreboard? scoreboard = null;
        OutcomeCounts candidates = new(), baselines = new();
        foreach (var (candidate, baseline) in answers)
        {
            scoreboard ??= new Scoreboard(measurer.Metrics, spec.Intervals, baseline is not null);
            candidates = candidates.With(candidate.Outcome);
            if (baseline is not null)
                baselines = baselines.With(baseline.Outcome);
            scoreboard.Add(
                Scoreboard.SampleKey(candidate.Id),
                measurer.SlicesOf(candidate),
                measurer.Measure(candidate),
                baseline is null ? [] : measurer.Measure(baseline));
        }

        var outcomes = new Dictionary<string, OutcomeCounts>(StringComparer.Ordinal) { [Roles.Candidate] = candidates };
        if (baselines.Total > 0)
            outcomes[Roles.Baseline] = baselines;
        scoreboard ??= new Scoreboard(measurer.Metrics, spec.Intervals, hasBaseline: false);
        return EvaluationResult.Create(spec, scoreboard.Finish(), outcomes, isComplete: true);
    }
}
