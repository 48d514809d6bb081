using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Reports;

/// <summary>Checks a run's malformed rows against <c>limits.maxMalformedShare</c>.</summary>
internal static class MalformedLimit
{
    /// <summary>Why the run fails; null when the share of malformed rows is within the limit.</summary>
    public static RunFailure? Check(RunPlan plan, RoleTotals candidate)
    {
        var share = candidate.Outcomes.MalformedShare;
        if (share <= plan.Spec.Limits.MaxMalformedShare)
        {
            return null;
        }

        var max = plan.Spec.Limits.MaxMalformedShare;
        var limits = FormattableString.Invariant(
            $"{candidate.Outcomes.MalformedSample} of {candidate.Outcomes.Total} rows are malformed ({NumberText.Share(share, max)}, limits.maxMalformedShare is {new NumberText(MetricUnit.Share).Bound(max)})"
        );
        var mostly = candidate
            .MalformedReasons.OrderByDescending(malformed => malformed.Value)
            .Select(malformed => FormattableString.Invariant($"; most often {malformed.Key} ({malformed.Value})"))
            .FirstOrDefault();
        var first = candidate.Reasons.First(Outcome.MalformedSample) is { } example
            ? FormattableString.Invariant($" The first is line {example.Line}: {example.Text.TrimEnd('.')}.")
            : "";
        return RunFailure.TooManyMalformed(
            $"datasets/{plan.Manifest.Dataset.Name}: {limits}{mostly}.{first} Fix the rows, or raise limits.maxMalformedShare in the spec."
        );
    }
}
