using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Scoring;

/// <summary>The outcomes as they are written in tables, shard logs and reports.</summary>
public static class OutcomeNames
{
    /// <summary>Every outcome by its written name, in the order of the enumeration.</summary>
    public static IReadOnlyDictionary<string, Outcome> All { get; } =
        Enum.GetValues<Outcome>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>An outcome's written name.</summary>
    public static string NameOf(Outcome outcome) => EnumNames<Outcome>.NameOf(outcome);

    /// <summary>
    /// Whether a count is written: zeros too, but for outcomes that were added later, so that what was published without them stays the
    /// same.
    /// </summary>
    public static bool IsWritten(Outcome outcome, long count) => count > 0 || outcome <= Outcome.TooLongToScore;

    /// <summary>Counts under their written names.</summary>
    public static IReadOnlyDictionary<string, long> CountsByName(OutcomeCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return All.Where(outcome => IsWritten(outcome.Value, counts[outcome.Value]))
            .ToDictionary(outcome => outcome.Key, outcome => counts[outcome.Value], StringComparer.Ordinal);
    }
}
