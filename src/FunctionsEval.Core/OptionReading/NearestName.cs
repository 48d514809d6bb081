namespace FunctionsEval.Core.OptionReading;

/// <summary>Guesses which name a misspelt one was meant to be.</summary>
public static class NearestName
{
    /// <summary>
    /// Maximum length, in characters, of a name that is compared with others: a comparison takes time proportional to the product of both
    /// lengths.
    /// </summary>
    public const int MaxLength = 100;

    /// <summary>Valid names that a message lists.</summary>
    private const int MaxListed = 50;

    /// <summary>
    /// The candidate with the fewest edits from <paramref name="name"/>, letter case and separators aside; null when none is near, or the
    /// name is long.
    /// </summary>
    /// <param name="name">The misspelt name.</param>
    /// <param name="candidates">The names there are.</param>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        if (name.Length > MaxLength)
        {
            return null;
        }

        var wanted = Simplify(name);
        var limit = Math.Max(1, wanted.Length / 3);
        string? nearest = null;
        foreach (var candidate in candidates.Where(candidate => candidate.Length <= MaxLength))
        {
            var distance = Distance(wanted, Simplify(candidate));
            if (distance <= limit)
            {
                nearest = candidate;
                limit = distance - 1;
            }
        }

        return nearest;
    }

    /// <summary>The question that follows an unknown name, with a space before it; empty when no candidate is near.</summary>
    public static string DidYouMean(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $" Did you mean {nearest}?" : "";

    /// <summary>Says that a name is unknown, which one was probably meant, and which names are valid.</summary>
    /// <param name="what">What the name should denote, for example <c>metric</c>.</param>
    /// <param name="name">The name.</param>
    /// <param name="valid">The names there are.</param>
    public static string Unknown(string what, string name, IEnumerable<string> valid)
    {
        var sorted = valid.Order(StringComparer.Ordinal).ToList();
        var beginning = $"'{Shown(name)}' is no {what}";
        if (sorted.Count == 0)
        {
            return $"{beginning}; there are none.";
        }

        var more = sorted.Count > MaxListed ? $" and {sorted.Count - MaxListed} more" : "";
        return $"{beginning}.{DidYouMean(name, sorted)} Valid: {string.Join(", ", sorted.Take(MaxListed).Select(Shown))}{more}.";
    }

    /// <summary>A name as messages show it: cut when it is long.</summary>
    public static string Shown(string name) =>
        name.Length <= MaxLength
            ? name
            : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength), "…");

    /// <summary>Levenshtein's distance, where two neighbours that changed places are one edit if nothing else differs.</summary>
    private static int Distance(int[] name, int[] candidate) =>
        HasSwappedNeighbours(name, candidate) ? 1 : EditDistance.Between(name, candidate);

    private static bool HasSwappedNeighbours(int[] name, int[] candidate)
    {
        var start = name.AsSpan().CommonPrefixLength(candidate);
        return name.Length == candidate.Length
            && start + 1 < name.Length
            && name[start] == candidate[start + 1]
            && name[start + 1] == candidate[start]
            && name.AsSpan(start + 2).SequenceEqual(candidate.AsSpan(start + 2));
    }

    private static int[] Simplify(string name) => [.. name.Where(c => c is not ('_' or '-')).Select(c => (int)char.ToLowerInvariant(c))];
}
