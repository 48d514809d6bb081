using System.Text.Json;
using FunctionsEval.Core.Metrics.ErrorRate;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Metrics;

/// <summary>Reads the options of one metric in a spec and refuses what nobody asked for.</summary>
internal sealed class MetricOptionReader(MetricSpec spec, string path)
{
    /// <summary>Valid names that a message lists.</summary>
    private const int MaxShown = 50;

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the metric stands in the spec.</summary>
    public string Path => path;

    public bool Bool(string name) =>
        Read(name) switch
        {
            null => false,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => throw Wrong(name, "must be true or false"),
        };

    public int Int(string name, int fallback, int minimum, int maximum) =>
        Read(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum ? number
        : throw Wrong(name, $"must be a whole number from {minimum} to {maximum}");

    public double? Number(string name, double minimum, double maximum) =>
        Read(name) is not { } value || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= minimum && number <= maximum ? number
        : throw Wrong(name, $"must be a number from {minimum} to {maximum}");

    public string? Text(string name, int maxLength = SpecLimits.MaxText) =>
        Read(name) is not { } value ? null
        : value.ValueKind != JsonValueKind.String ? throw Wrong(name, "must be a text")
        : value.GetString() is { } text && text.Length <= maxLength ? text
        : throw Wrong(name, $"must have at most {maxLength} characters");

    public string Choice(string name, string fallback, IEnumerable<string> choices)
    {
        var value = Text(name) ?? fallback;
        return choices.Contains(value, StringComparer.Ordinal)
            ? value
            : throw new MetricSpecException($"{path}.{name}", Unknown("value", value, choices));
    }

    public IReadOnlyList<string>? Texts(string name, int maxLength = SpecLimits.MaxText, int maxCount = SpecLimits.MaxElements)
    {
        if (Read(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || !value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            throw Wrong(name, "must be a list of texts");
        }

        var texts = value.EnumerateArray().Take(maxCount + 1).Select(item => item.GetString()!).ToList();
        return texts.Count <= maxCount && texts.TrueForAll(text => text.Length <= maxLength)
            ? texts
            : throw Wrong(name, $"must have at most {maxCount} texts of at most {maxLength} characters");
    }

    public IReadOnlyList<double>? Numbers(string name) =>
        Read(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() <= SpecLimits.MaxElements
        && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())]
        : throw Wrong(name, "must be a list of numbers");

    /// <summary>The option as it is written; null when absent.</summary>
    public JsonElement? Read(string name)
    {
        _known.Add(name);
        return spec.Options.TryGetValue(name, out var value) ? value : null;
    }

    public MetricSpecException Wrong(string name, string rule) => new($"{path}.{name}", $"{rule}.");

    /// <summary>Refuses options that were not read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in spec.Options.Keys.Where(name => !_known.Contains(name)).Order(StringComparer.Ordinal))
        {
            throw new MetricSpecException($"{path}.{name}", Unknown($"option of '{spec.Name}'", name, _known));
        }
    }

    /// <summary>Says that a name is unknown and which valid ones are nearest by edit distance.</summary>
    public static string Unknown(string what, string name, IEnumerable<string> valid)
    {
        var sorted = valid.Order(StringComparer.Ordinal).ToList();
        var shown = NearestName.Shown(name);
        if (sorted.Count == 0)
        {
            return $"'{shown}' is no {what}; there are none.";
        }

        var nearest = sorted
            .Where(candidate => name.Length <= NearestName.MaxLength && candidate.Length <= NearestName.MaxLength)
            .Select(candidate => (candidate, Distance: Distance(name, candidate)))
            .OrderBy(pair => pair.Distance)
            .ToList();
        var close = nearest
            .Where(pair => pair.Distance <= Math.Max(1, name.Length / 2))
            .Take(3)
            .Select(pair => $"'{pair.candidate}'")
            .ToList();
        var hint = close.Count > 0 ? $" Did you mean {string.Join(" or ", close)}?" : "";
        var more = sorted.Count > MaxShown ? $" and {sorted.Count - MaxShown} more" : "";
        return $"'{shown}' is no {what}.{hint} Valid: {string.Join(", ", sorted.Take(MaxShown).Select(NearestName.Shown))}{more}.";
    }

    private static int Distance(string first, string second)
    {
        static int[] Folded(string text) => [.. text.Select(c => (int)char.ToLowerInvariant(c == '-' ? '_' : c))];
        return EditDistance.Between(Folded(first), Folded(second));
    }
}
