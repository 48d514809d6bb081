using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>A run's result in one line.</summary>
internal static class OverviewTitle
{
    /// <summary>The line of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reasons">What each rule says.</param>
    public static string From(Run run, IReadOnlyList<RuleVerdict> reasons) =>
        run.Status switch
        {
            RunStatus.Pending => "Waiting to start",
            RunStatus.AwaitingDeployment => "Waiting for the deployment of the tuned model",
            RunStatus.Running => run.Progress is null && run.Members is null ? "Running" : $"Running: {AnsweredOf(run)}",
            RunStatus.Failed => run.ErrorCode is { } code ? $"Failed: {code.Replace('_', ' ')}" : "Failed",
            RunStatus.Cancelled => $"Cancelled: {AnsweredOf(run)}",
            RunStatus.Partial when run.ErrorCode == RunFailure.OverBudget.Code => $"Stopped at its cost ceiling: {AnsweredOf(run)}",
            RunStatus.Partial when run.ErrorCode == RunFailure.DeadlineReached.Code => $"Stopped at its deadline: {AnsweredOf(run)}",
            RunStatus.Partial => $"Stopped early: {AnsweredOf(run)}",
            _ => OfRules(run.Verdict, reasons),
        };

    /// <summary>The line of a group of candidates.</summary>
    /// <param name="run">The group.</param>
    /// <param name="candidates">Its candidates.</param>
    public static string From(Run run, IReadOnlyList<OverviewCandidate> candidates)
    {
        if (run.Status != RunStatus.Completed)
        {
            return From(run, Array.Empty<RuleVerdict>());
        }

        if (run.Verdict is null)
        {
            return $"{Plural(candidates.Count, "candidate")} without a verdict: the spec has no gate";
        }

        var passes = candidates.Count(candidate => candidate.Verdict == VerdictResult.Pass);
        var recommended = candidates.Where(candidate => candidate.IsRecommended).Select(candidate => candidate.Model).ToList();
        return $"{passes} of {Plural(candidates.Count, "candidate")} {(passes == 1 ? "passes" : "pass")}"
            + (recommended.Count > 0 ? $"; recommended: {string.Join(", ", recommended)}" : "");
    }

    private static string OfRules(VerdictResult? verdict, IReadOnlyList<RuleVerdict> reasons)
    {
        int Count(VerdictResult result) => reasons.Count(reason => reason.Result == result);

        var all = Plural(reasons.Count, "rule");
        return verdict switch
        {
            null => "No verdict: the spec has no gate",
            VerdictResult.Pass => $"{Count(VerdictResult.Pass)} of {all} {(reasons.Count == 1 ? "holds" : "hold")}",
            VerdictResult.Fail => $"{Count(VerdictResult.Fail)} of {all} {(Count(VerdictResult.Fail) == 1 ? "does" : "do")} not hold",
            _ => $"{Count(VerdictResult.Inconclusive)} of {all} cannot be decided",
        };
    }

    private static string AnsweredOf(Run run)
    {
        if (run.Members is { } members)
        {
            var done = members.Sum(member => member.Done);
            var expected = members.Sum(member => member.ExpectedSamples);
            return members.All(member => member.ExpectedSamples is not null) && expected >= done
                ? $"{NumberText.Count(done)} of {Plural(expected ?? 0, "answer")} of {Plural(members.Count, "model")}"
                : $"{Plural(done, "answer")} of {Plural(members.Count, "model")}";
        }

        var answered = run.Progress?.GetValueOrDefault(Scoring.Roles.Candidate)?.Total ?? run.CandidateFigures.Outcomes?.Total ?? 0;
        var of = run.ExpectedSamples ?? run.Samples;
        return of is { } all && all >= answered
            ? $"{NumberText.Count(answered)} of {(run.ExpectedSamplesEstimated == true ? "about " : "")}{Plural(all, "sample")} answered"
            : $"{Plural(answered, "sample")} answered";
    }

    private static string Plural(long count, string noun) => $"{NumberText.Count(count)} {noun}{(count == 1 ? "" : "s")}";
}
