namespace FunctionsEval.Core.Scoring;

/// <summary>
/// The numbers that are right answers ÷ samples. A run can have several; the first in this order says what is right, in every count and
/// list of samples.
/// </summary>
internal static class RightShares
{
    private static readonly string[] Names =
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

    /// <summary>The place of a number in the order; null for one that is not a share of right answers.</summary>
    /// <param name="name">The number.</param>
    public static int? RankOf(string name) => Array.IndexOf(Names, name) is var rank and >= 0 ? rank : null;
}
