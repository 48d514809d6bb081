using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>What a run's calls cost.</summary>
internal static class OverviewCosts
{
    /// <summary>The costs of a run; null where one of its models has no prices.</summary>
    /// <param name="run">The run.</param>
    /// <param name="summary">Its summary; null where it has none.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static OverviewCost? Find(Run run, RunSummary? summary, string currency)
    {
        var candidate = run.CandidateFigures.Cost ?? CostOf(summary, Roles.Candidate);
        var baseline = run.BaselineFigures.Cost ?? CostOf(summary, Roles.Baseline);
        // A stored baseline's answers were paid by the run that they are of.
        var isBaselineCalled = run.Baseline is not null && run.BaselineRun is null;
        return candidate is not { } own || (isBaselineCalled && baseline is null)
            ? null
            : new OverviewCost(own + (baseline ?? 0), currency, NumberText.Money(own + (baseline ?? 0), currency))
            {
                CandidateText = NumberText.Money(own, currency),
                BaselineText = baseline is { } other ? NumberText.Money(other, currency) : null,
            };
    }

    private static double? CostOf(RunSummary? summary, string role) => (double?)summary?.Usage.GetValueOrDefault(role)?.Cost;
}
