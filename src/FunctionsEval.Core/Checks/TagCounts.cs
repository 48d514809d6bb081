namespace FunctionsEval.Core.Checks;

/// <summary>Counts the values of tags, within bounds.</summary>
public sealed class TagCounts
{
    /// <summary>Tags that are counted; further ones are left out.</summary>
    public const int MaxTags = 100;

    /// <summary>Values of a tag that are listed.</summary>
    public const int MaxValues = 20;

    /// <summary>Values of a tag that are told apart; further ones count together.</summary>
    private const int MaxKept = 10_000;

    private readonly SortedDictionary<string, Counts> _tags = new(StringComparer.Ordinal);

    /// <summary>Counts the tags of a sample.</summary>
    internal void Add(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (tag, value) in tags)
        {
            if (!_tags.TryGetValue(tag, out var counts))
            {
                if (_tags.Count == MaxTags)
                {
                    continue;
                }

                _tags.Add(tag, counts = new Counts());
            }

            counts.Add(value);
        }
    }

    /// <summary>Whether a sample has had a tag.</summary>
    internal bool Has(string tag) => _tags.ContainsKey(tag);

    /// <summary>Whether further tags were left out.</summary>
    internal bool IsFull => _tags.Count == MaxTags;

    /// <summary>The tags.</summary>
    internal IReadOnlyList<TagCount> ToList() => [.. _tags.Select(tag => tag.Value.ToCount(tag.Key))];

    private sealed class Counts
    {
        private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);
        private long _samples;

        public void Add(string value)
        {
            _samples++;
            if (_values.TryGetValue(value, out var count))
            {
                _values[value] = count + 1;
            }
            else if (_values.Count < MaxKept)
            {
                _values.Add(value, 1);
            }
        }

        public TagCount ToCount(string name)
        {
            List<NamedCount> listed = [.. CommonestFirst(_values).Take(MaxValues)];
            return new TagCount(name, _samples, listed, _samples - listed.Sum(value => value.Count));
        }
    }

    /// <summary>Counts by name, the highest first, equal ones in ordinal order of their names.</summary>
    internal static IEnumerable<NamedCount> CommonestFirst(IEnumerable<KeyValuePair<string, long>> counts) =>
        counts
            .OrderByDescending(count => count.Value)
            .ThenBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => new NamedCount(count.Key, count.Value));
}
