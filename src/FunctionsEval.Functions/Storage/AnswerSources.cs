using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Who answered: the models, system fingerprints and deployments that answers name, and the routes on which they came, with how many each.
/// Mergeable in any order. Not safe for use by several threads at once.
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

    /// <summary>Route, with its version → answers that came on it; empty where the endpoint's API has only one.</summary>
    [JsonInclude]
    public SortedDictionary<string, long> Routes { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Deployment that was not asked → answers that it gave; empty for none.</summary>
    [JsonInclude]
    public SortedDictionary<string, long> OtherDeployments { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Whether no answer named anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => Kinds.All(kind => kind.Count == 0);

    private SortedDictionary<string, long>[] Kinds => [Models, SystemFingerprints, Routes, OtherDeployments];

    /// <summary>Adds a model's answer.</summary>
    public void Add(EvaluatedSample row)
    {
        Add(Models, row.Model, 1);
        Add(SystemFingerprints, row.SystemFingerprint, 1);
        Add(Routes, row.Route, 1);
        Add(OtherDeployments, row.OtherDeployment, 1);
    }

    /// <summary>Adds a grader's answer.</summary>
    public void Add(Grade grade) => Add(Models, grade.Model, 1);

    /// <summary>Adds other counts.</summary>
    public void Merge(AnswerSources other)
    {
        foreach (var (kind, others) in Kinds.Zip(other.Kinds))
        {
            foreach (var (name, count) in others)
            {
                Add(kind, name, count);
            }
        }
    }

    /// <summary>The most frequent names of each kind, at most <see cref="MaxNames"/>.</summary>
    public AnswerSources Bounded() =>
        new()
        {
            Models = Bounded(Models),
            SystemFingerprints = Bounded(SystemFingerprints),
            Routes = Bounded(Routes),
            OtherDeployments = Bounded(OtherDeployments),
        };

    /// <summary>The same as a summary publishes it.</summary>
    public AnsweringModels ToPublished() =>
        new(Bounded(Models), Bounded(SystemFingerprints))
        {
            Routes = Routes.Count > 0 ? Bounded(Routes) : null,
            OtherDeployments = OtherDeployments.Count > 0 ? Bounded(OtherDeployments) : null,
        };

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
