namespace FunctionsEval.Core.OptionReading;

/// <summary>Guesses which name a misspelt one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>Longest name, in characters, that is compared with others: it takes the product of both lengths.</summary>
    public const int MaxLength = 100;

    /// <summary>
    /// The candidate with the fewest edits from <paramref name="name"/>, letter case and separators aside; null when none is near, or the
    /// name is long.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
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

    /// <summary>The question after a name that is unknown, a space before it; empty when no candidate is near.</summary>
    public static string DidYouMean(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $" Did you mean {nearest}?" : "";

    /// <summary>A name as messages show it: cut when it is long.</summary>
    public static string Shown(string name) =>
        name.Length <= MaxLength
            ? name
            : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[MaxLength - 1]) ? MaxLength - 1 : MaxLength), "…");

    private static string Simplify(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
