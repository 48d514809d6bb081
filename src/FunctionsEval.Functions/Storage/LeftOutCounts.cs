using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// The parts of a spec that endpoints do not take, by name, with the number of answers given without them. Mergeable in any order. Not
/// safe for use by several threads at once.
/// </summary>
internal sealed class LeftOutCounts
{
    /// <summary>Name of a parameter → answers without it.</summary>
    [JsonInclude]
    public SortedDictionary<string, long> Parameters { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Answers that were given, with everything or without.</summary>
    [JsonInclude]
    public long Answers { get; private set; }

    /// <summary>The counts of a grader among those of all; new ones where it has none.</summary>
    public static LeftOutCounts GetOrAdd(string grader, IDictionary<string, LeftOutCounts> all)
    {
        if (!all.TryGetValue(grader, out var counts))
        {
            all[grader] = counts = new LeftOutCounts();
        }

        return counts;
    }

    /// <summary>Adds an answer.</summary>
    public void Add(IReadOnlyList<string>? leftOut)
    {
        Answers++;
        foreach (var name in leftOut ?? [])
        {
            Parameters[name] = Parameters.GetValueOrDefault(name) + 1;
        }
    }

    /// <summary>Adds other counts.</summary>
    public void Merge(LeftOutCounts other)
    {
        Answers += other.Answers;
        foreach (var (name, count) in other.Parameters)
        {
            Parameters[name] = Parameters.GetValueOrDefault(name) + count;
        }
    }
}
