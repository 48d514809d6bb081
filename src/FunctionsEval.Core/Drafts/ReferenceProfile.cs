using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Drafts;

/// <summary>What the references of samples are.</summary>
internal sealed class ReferenceProfile
{
    /// <summary>Labels of a classification that are still taken for some.</summary>
    private const int MaxLabels = 500;

    private const int MaxLabelCharacters = 60;
    private const int MaxLabelWords = 6;

    /// <summary>How many characters a text has that is compared as a whole.</summary>
    private const int MaxShortCharacters = 40;

    private readonly List<string> _references;
    private readonly Dictionary<string, int> _counts;

    public ReferenceProfile(IReadOnlyList<Sample> samples)
    {
        _references = [.. samples.Where(sample => sample.References.Count > 0).Select(sample => sample.References[0].Trim())];
        _counts = _references.CountBy(text => text, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        HasSeveral = samples.Any(sample => sample.References.Count > 1);
    }

    /// <summary>Samples that have a reference.</summary>
    public int Count => _references.Count;

    /// <summary>Whether a sample has several.</summary>
    public bool HasSeveral { get; }

    public int Distinct => _counts.Count;

    /// <summary>The different references, the commonest first.</summary>
    public IReadOnlyList<string> Labels =>
        [.. _counts.OrderByDescending(label => label.Value).ThenBy(label => label.Key, StringComparer.Ordinal).Select(label => label.Key)];

    public int Longest => _references.Count == 0 ? 0 : _references.Max(text => text.Length);

    public string LongestText => _references.MaxBy(text => text.Length) ?? "";

    public bool AreObjects => Count > 0 && _references.TrueForAll(text => IsJson(text, JsonValueKind.Object));

    public bool AreNumbers =>
        Count > 0 && _references.TrueForAll(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    /// <summary>Whether they are few different short texts that occur again and again.</summary>
    public bool AreLabels =>
        Distinct is > 1 and <= MaxLabels
        && (Distinct <= Count / 3 || (Distinct <= 10 && Distinct <= Count / 2))
        && _counts.Keys.All(text =>
            text.Length is > 0 and <= MaxLabelCharacters
            && !text.Contains('\n', StringComparison.Ordinal)
            && text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length <= MaxLabelWords
        );

    /// <summary>Whether most are so short that they are right or wrong as a whole.</summary>
    public bool AreShort => Count > 0 && _references.Count(text => text.Length <= MaxShortCharacters) >= 0.8 * Count;

    /// <summary>The labels in references that are JSON lists of texts; null where some are not.</summary>
    public IReadOnlyList<string>? LabelsInLists()
    {
        if (Count == 0 || !_references.TrueForAll(text => text.StartsWith('[')))
        {
            return null;
        }

        try
        {
            return LabelsIn(_references.SelectMany(text => JsonSerializer.Deserialize<string[]>(text) ?? []), Count);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Different labels of sets, the commonest first; null where they are too many, or too long, to be some.</summary>
    /// <param name="elements">The elements of all sets.</param>
    /// <param name="sets">How many sets there are.</param>
    public static IReadOnlyList<string>? LabelsIn(IEnumerable<string> elements, int sets)
    {
        List<string> labels =
        [
            .. elements
                .Select(text => text.Trim())
                .CountBy(text => text, StringComparer.Ordinal)
                .OrderByDescending(label => label.Value)
                .ThenBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => label.Key),
        ];
        return
            labels.Count is 0 or > MaxLabels
            || labels.Count > Math.Max(10, sets / 2)
            || labels.Exists(label => label.Length is 0 or > MaxLabelCharacters)
            ? null
            : labels;
    }

    private static bool IsJson(string text, JsonValueKind kind)
    {
        if (text.Length == 0 || text[0] != '{')
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == kind;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
