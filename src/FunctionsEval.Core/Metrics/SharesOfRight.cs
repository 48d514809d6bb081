namespace FunctionsEval.Core.Metrics;

/// <summary>
/// The numbers that are right answers ÷ samples: what says of a sample whether its answer is right, and of a run how many are wrong.
/// </summary>
internal static class SharesOfRight
{
    /// <summary>
    /// Their names, the more usual ones first; that an answer equals a reference comes behind what a task knows better.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
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

    /// <summary>Where a name stands among them; -1 for any other number.</summary>
    /// <param name="name">The name of a number.</param>
    public static int PlaceOf(string name) =>
        Names.Index().Where(known => known.Item == name).Select(known => known.Index).FirstOrDefault(-1);
}
