using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>How many answers of the model under test are wrong.</summary>
internal static class RightAnswers
{
    /// <summary>The numbers that are right answers ÷ samples, the more usual ones first.</summary>
    private static readonly string[] Shares =
    [
        "accuracy",
        "acc",
        "subset_accuracy",
        "exact_match",
        "turn_match",
        "tool_names_match",
        "fields_right",
        "within_tolerance",
        "squad_em",
        "preference_accuracy",
    ];

    /// <summary>Wrong answers by the first headline number that counts right ones, else by the first number that does; null without one.</summary>
    /// <param name="facts">What the run found.</param>
    /// <param name="headline">Its headline numbers.</param>
    public static long? CountWrong(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline)
    {
        var line = facts
            .Candidate.Where(known => known is { Slice: SliceNames.All, Value: not null } && Shares.Contains(known.Name))
            .OrderBy(known => headline.Any(number => number.Name == known.Name) ? 0 : 1)
            .ThenBy(known => Array.IndexOf(Shares, known.Name))
            .FirstOrDefault();
        return line is null ? null : (long)Math.Round((1 - line.Value!.Value) * line.Samples);
    }
}
