using System.IO.Enumeration;
using System.Text;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Suites;

/// <summary>Which datasets make a suite's verdict, and how each of them counts.</summary>
public sealed record SuiteSpec
{
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>
    /// Tiers by dataset: names relative to the spec's folder, or patterns of them with <c>*</c> and <c>?</c>. A name goes before patterns;
    /// of several patterns the strictest tier counts. One that no dataset has is missing.
    /// </summary>
    [SuiteTiersField(MaxCount = SpecLimits.MaxElements)]
    [Example(Json = """{"test.jsonl": "critical", "long-*.jsonl": "supporting"}""")]
    public IReadOnlyDictionary<string, SuiteTier> Datasets { get; init; } = new Dictionary<string, SuiteTier>();

    /// <summary>The tier of every other dataset of the folder and of those below it. Default <c>critical</c>.</summary>
    [ChoiceField<SuiteTier>]
    [Example("advisory")]
    public SuiteTier Others { get; init; }

    /// <summary>The tier of a dataset.</summary>
    /// <param name="name">Its name relative to the spec's folder.</param>
    public SuiteTier TierOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Datasets.TryGetValue(name, out var tier)
            ? tier
            : Datasets.Where(entry => IsPattern(entry.Key) && Matches(entry.Key, name)).Select(entry => (SuiteTier?)entry.Value).Min()
                ?? Others;
    }

    /// <summary>The names and patterns that no dataset has, with their tiers, in ordinal order.</summary>
    /// <param name="names">The datasets, relative to the spec's folder.</param>
    public IReadOnlyList<KeyValuePair<string, SuiteTier>> FindMissing(IReadOnlyCollection<string> names) =>
        [
            .. Datasets
                .Where(entry => !names.Any(name => entry.Key == name || (IsPattern(entry.Key) && Matches(entry.Key, name))))
                .OrderBy(entry => entry.Key, StringComparer.Ordinal),
        ];

    /// <summary>Whether an entry names exactly this dataset.</summary>
    /// <param name="name">The dataset, relative to the spec's folder.</param>
    public bool Names(string name) => Datasets.ContainsKey(name);

    /// <summary>The section in one stable form: two sections that mean the same give the same text.</summary>
    public string ToCanonical()
    {
        var text = new StringBuilder("others ").Append(SuiteTierNames.NameOf(Others));
        foreach (var (name, tier) in Datasets.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            text.Append('\n').Append(SuiteTierNames.NameOf(tier)).Append(' ').Append(name);
        }

        return text.ToString();
    }

    /// <summary>Whether the same datasets have the same tiers.</summary>
    public bool Equals(SuiteSpec? other) => other is not null && ToCanonical() == other.ToCanonical();

    /// <inheritdoc/>
    public override int GetHashCode() => ToCanonical().GetHashCode(StringComparison.Ordinal);

    internal static bool IsPattern(string name) => name.IndexOfAny(Wildcards) >= 0;

    /// <summary>Names of blobs have a letter case.</summary>
    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
