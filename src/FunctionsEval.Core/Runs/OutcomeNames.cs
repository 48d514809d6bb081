namespace FunctionsEval.Core.Runs;

/// <summary>The outcomes as they are written in tables, row logs and reports.</summary>
public static class OutcomeNames
{
    /// <summary>Every outcome by its written name, in the order of the enumeration.</summary>
    public static IReadOnlyDictionary<string, Outcome> All { get; } = new Dictionary<string, Outcome>(StringComparer.Ordinal)
    {
        ["scored"] = Outcome.Scored,
        ["unparsable"] = Outcome.Unparsable,
        ["content_filtered"] = Outcome.ContentFiltered,
        ["rejected"] = Outcome.Rejected,
        ["truncated"] = Outcome.Truncated,
        ["timed_out"] = Outcome.TimedOut,
        ["exhausted"] = Outcome.Exhausted,
        ["malformed_sample"] = Outcome.MalformedSample,
    };

    private static readonly Dictionary<Outcome, string> Names = All.ToDictionary(outcome => outcome.Value, outcome => outcome.Key);

    /// <summary>An outcome's written name.</summary>
    public static string NameOf(Outcome outcome) => Names[outcome];

    /// <summary>Counts under their written names, zeros included.</summary>
    public static IReadOnlyDictionary<string, long> Of(OutcomeCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return All.ToDictionary(outcome => outcome.Key, outcome => counts[outcome.Value], StringComparer.Ordinal);
    }
}
