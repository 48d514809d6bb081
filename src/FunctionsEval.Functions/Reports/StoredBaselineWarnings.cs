using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The warnings about a baseline whose answers are those of an earlier run.</summary>
internal static class StoredBaselineWarnings
{
    /// <summary>The warnings; none where the earlier run was asked in the same way and has an answer to every sample.</summary>
    /// <param name="source">The earlier run; null where the baseline was called, and without a baseline.</param>
    /// <param name="roles">The totals of the roles.</param>
    public static IEnumerable<string> From(StoredBaseline? source, IReadOnlyList<RoleTotals> roles)
    {
        if (source is null)
        {
            yield break;
        }

        if (source.Differences.Count > 0)
        {
            yield return $"The baseline's answers are those of run {source.RunId}, whose spec is another in "
                + $"{string.Join(", ", source.Differences)}. The comparison is between two systems, each as it was asked, "
                + "and not between the models alone.";
        }

        var baseline = roles.FirstOrDefault(role => role.Role == Roles.Baseline);
        if (baseline?.Reasons.ToList().FirstOrDefault(reason => reason.Code == StoredAnswerEvaluator.NotInRun) is { } missing)
        {
            yield return FormattableString.Invariant(
                $"Run {source.RunId} has no answer to {missing.Count:N0} of {baseline.Outcomes.Total:N0} samples. The comparison is over the others: compare with a run of the whole dataset."
            );
        }
    }
}
