using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>The verdict of a run in which no sample counts. Whatever its gate says, nothing can be decided.</summary>
internal static class VerdictWithoutSamples
{
    /// <summary>Says why nothing can be decided.</summary>
    /// <param name="outcomes">The candidate's outcomes.</param>
    /// <param name="reasons">Why its samples do not count; null when it is not known.</param>
    /// <returns>Inconclusive, with the one reason why; null when a sample counts.</returns>
    public static Verdict? Find(OutcomeCounts outcomes, OutcomeReasons? reasons)
    {
        if (outcomes.Counted > 0)
        {
            return null;
        }

        var why = "no sample was evaluated";
        if (outcomes.Total > 0)
        {
            var (name, outcome) = OutcomeNames.All.MaxBy(known => outcomes[known.Value]);
            var mostly = reasons?.MostFrequent(outcome) is { } reason ? $", most often {reason.Text.TrimEnd('.')}" : "";
            why = string.Create(CultureInfo.InvariantCulture, $"{outcomes[outcome]} of {outcomes.Total} are {name}{mostly}");
        }

        return new Verdict(VerdictResult.Inconclusive, [RuleVerdict.Inconclusive($"no sample counts in the metrics: {why}")]);
    }
}
