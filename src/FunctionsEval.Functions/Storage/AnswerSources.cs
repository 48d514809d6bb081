using System.Text.Json.Serialization;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Who answered: the models and system fingerprints that answers name, with how many name each. Mergeable in any order. Not safe for use by
/// several threads at once.
/// </summary>
internal sealed class AnswerSources
{
    /// <summary>Maximum number of names that are kept of each kind: the most frequent ones.</summary>
    public const int MaxNames = 20;

    /// <summary>Name of a model → answers that name it; empty where the endpoint names none.</summary>
    [JsonInclude]
    public SortedDictionary<string, long> Models { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>System fingerprint → answers that have it; empty where the endpoint gives none.</summary>
    [JsonInclude]
    public SortedDictionary<string, long> SystemFingerprints { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Whether no answer named anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => Models.Count == 0 && SystemFingerprints.Count == 0;

    /// <summary>Adds an answer.</summary>
    public void Add(string? model, string? systemFingerprint)
    {
        Add(Models, model, 1);
        Add(SystemFingerprints, systemFingerprint, 1);
    }

    /// <summary>Adds other counts.</summary>
    public void Merge(AnswerSources other)
    {
        foreach (var (name, count) in other.Models)
        {
            Add(Models, name, count);
        }

        foreach (var (name, count) in other.SystemFingerprints)
        {
            Add(SystemFingerprints, name, count);
        }
    }

    /// <summary>The most frequent names of each kind, at most <see cref="MaxNames"/>.</summary>
    public AnswerSources Bounded() => new() { Models = Bounded(Models), SystemFingerprints = Bounded(SystemFingerprints) };

    /// <summary>The same as a summary publishes it.</summary>
    public AnsweringModels ToPublished() => new(Bounded(Models), Bounded(SystemFingerprints));

    /// <summary>The names, the most frequent first.</summary>
    public static IReadOnlyList<string> ByFrequency(IReadOnlyDictionary<string, long> names) =>
        [.. Ordered(names).Select(name => name.Key)];

    /// <summary>Names with their counts, in the same order.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Ordered(IEnumerable<KeyValuePair<string, long>> names) =>
        names.OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal);

    private static void Add(SortedDictionary<string, long> names, string? name, long count)
    {
        if (name is not null)
        {
            names[name] = names.GetValueOrDefault(name) + count;
        }
    }

    private static SortedDictionary<string, long> Bounded(SortedDictionary<string, long> names) =>
        new(Ordered(names).Take(MaxNames).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
}
