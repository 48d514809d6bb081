using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports;

/// <summary>The warnings about a leakage check that did not take place, or that did not cover every training row.</summary>
internal static class LeakageWarnings
{
    /// <summary>The warnings; none of a check against every row, and without a training file.</summary>
    /// <param name="leakage">What the check found; null without a training file.</param>
    public static IEnumerable<string> From(LeakageSummary? leakage)
    {
        if (leakage?.Unchecked is { } reason)
        {
            yield return $"Samples were not checked for leakage: {reason} Put that right, or name another trainingFile in the spec, "
                + "and evaluate once more.";
        }

        if (leakage?.Incomplete is { } part)
        {
            yield return "Samples were checked for leakage against a part of the training rows only: "
                + $"{part} Mend those rows and evaluate once more.";
        }
    }
}
