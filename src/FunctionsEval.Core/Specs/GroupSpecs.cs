using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Pairwise;

namespace FunctionsEval.Core.Specs;

/// <summary>The specs of the runs that a run with several candidates consists of.</summary>
public static class GroupSpecs
{
    /// <summary>A metric of any written answer, for a run that has no other.</summary>
    private static readonly MetricSpec AnyAnswer = new() { Name = "answer_length" };

    /// <summary>
    /// The run of the common baseline: its answers, with the metrics that do not compare them with others, and no verdict.
    /// </summary>
    /// <param name="group">The spec with several candidates.</param>
    /// <param name="baseline">The baseline's model.</param>
    public static EvaluationSpec BaselineOf(EvaluationSpec group, string baseline)
    {
        ArgumentNullException.ThrowIfNull(group);
        var metrics = group.Metrics.Where(metric => !ComparesWithBaseline(group, metric)).ToList();
        return group with
        {
            Model = baseline,
            Candidates = [],
            Baseline = null,
            Metrics = metrics.Count == 0 && group.Metrics.Count > 0 ? [AnyAnswer] : metrics,
            Gate = null,
            Notify = null,
            OnFineTune = null,
        };
    }

    /// <summary>The run of one candidate, which reads the baseline's answers from another run.</summary>
    /// <param name="group">The spec with several candidates.</param>
    /// <param name="model">The candidate.</param>
    /// <param name="baselineRun">The run with the baseline's answers; null without a baseline.</param>
    public static EvaluationSpec CandidateOf(EvaluationSpec group, string model, string? baselineRun)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group with
        {
            Model = model,
            Candidates = [],
            Baseline = baselineRun is null ? null : new BaselineReference.StoredRun(baselineRun).ToString(),
            Notify = null,
            OnFineTune = null,
        };
    }

    private static bool ComparesWithBaseline(EvaluationSpec group, MetricSpec metric) =>
        MetricCatalog
            .CreateGraders(group.Task, [metric], group.MetricSettings)
            .Any(grader => grader is PairwiseSpec { Against: PairwiseOpponent.Baseline });
}
