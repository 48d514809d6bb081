using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.Reports;

/// <summary>Puts a group's summary together.</summary>
internal static class GroupSummary
{
    /// <summary>Warnings that a group shows; each run's summary has all of its own.</summary>
    private const int MaxWarnings = 100;

    /// <summary>The summary.</summary>
    /// <param name="group">The group.</param>
    /// <param name="spec">Its spec.</param>
    /// <param name="totals">What its runs add up to.</param>
    /// <param name="candidates">What they say together.</param>
    /// <param name="isComplete">Whether no run was stopped.</param>
    public static RunSummary Create(Run group, EvaluationSpec spec, GroupTotals totals, CandidatesSummary candidates, bool isComplete)
    {
        using var canonical = JsonDocument.Parse(SpecReader.Canonical(spec));
        var models = new Dictionary<string, string>(StringComparer.Ordinal) { [Roles.Candidate] = string.Join(", ", spec.CandidateModels) };
        if (group.Baseline is { } baseline)
        {
            models[Roles.Baseline] = baseline;
        }

        candidates = isComplete ? candidates : WithoutResult(candidates);
        return new RunSummary
        {
            RunId = group.RunId,
            Name = spec.Name ?? DatasetNames.SuiteOf(group.Dataset),
            Task = spec.Task,
            Dataset = totals.Dataset ?? new DatasetSummary(group.Dataset, group.DatasetETag ?? "", group.DatasetBytes ?? 0, Samples: 0),
            IsComplete = isComplete,
            Verdict = candidates.Verdict,
            Warnings = [.. totals.Warnings.Take(MaxWarnings)],
            Models = models,
            BaselineRun = group.HasOwnBaseline ? null : totals.BaselineRun,
            Outcomes = totals.Outcomes,
            Coverage = totals.Outcomes.ToDictionary(
                role => role.Key,
                role => double.IsNaN(role.Value.Coverage) ? (double?)null : role.Value.Coverage,
                StringComparer.Ordinal
            ),
            UnparsableRate = totals.Outcomes.ToDictionary(role => role.Key, role => role.Value.UnparsableShare, StringComparer.Ordinal),
            Candidates = candidates,
            Members = totals.Members,
            Usage = totals.Usage,
            Metrics = [],
            Spec = canonical.RootElement.Clone(),
            CodeVersion = group.CodeVersion ?? "",
        };
    }

    /// <summary>A group that was stopped has no verdict but inconclusive, and recommends nobody.</summary>
    private static CandidatesSummary WithoutResult(CandidatesSummary candidates) =>
        candidates with
        {
            Verdict = RunStatus.Partial.Permit(candidates.Verdict),
            Recommended = [],
            Candidates =
            [
                .. candidates.Candidates.Select(candidate =>
                    candidate with
                    {
                        Recommended = false,
                        Verdict = RunStatus.Partial.Permit(candidate.Verdict),
                    }
                ),
            ],
        };
}
