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

    /// <summary>Counts under their written names, zeros included.</summary>
    public static IReadOnlyDictionary<string, long> CountsByName(OutcomeCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return All.ToDictionary(outcome => outcome.Key, outcome => counts[outcome.Value], StringComparer.Ordinal);
    }
}
