using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Metrics.Words;

/// <summary>
/// What people read for the name of a number. It follows from the name alone, so that the numbers of every version have words: the words of
/// a metric stand at its <see cref="MetricDefinition"/>.
/// </summary>
/// <param name="Name">The name, for example <c>lenient_f1[billing]</c>.</param>
/// <param name="Unit">How the number is read; <see cref="MetricUnit.Plain"/> for a name that no metric has.</param>
/// <param name="Label">What a sentence calls it, without the label in brackets: <c>F1 (lenient)</c>; the name itself where no metric has
/// it.</param>
/// <param name="Subject">The label in brackets; null for a number of all labels.</param>
public sealed partial record MetricWords(string Name, MetricUnit Unit, string Label, string? Subject)
{
    private static readonly Lazy<Dictionary<string, MetricNumberForm>> Forms = new(ReadForms);

    /// <summary>The metric's part of the name: <c>recall</c> of <c>recall[billing]</c>.</summary>
    public string Metric => Subject is null ? Name : Name[..Name.IndexOf('[', StringComparison.Ordinal)];

    /// <summary>What the number is of: all samples (<c>average</c>), one class or one slice.</summary>
    /// <param name="name">The number's name.</param>
    /// <param name="slice">Its slice.</param>
    public static string GroupOf(string name, string slice) =>
        slice != SliceNames.All ? "slice"
        : IsOfClass(name) ? "class"
        : "average";

    /// <summary>The words for a name.</summary>
    /// <param name="name">The name, of any version.</param>
    public static MetricWords Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        var (metric, subject) = IsOfClass(name) ? (name[..bracket], name[(bracket + 1)..^1]) : (name, null);
        // The longest end of the name that a metric has: what stands before it is the prefix that a spec gives a metric.
        for (var start = 0; start < metric.Length; start++)
        {
            var begins = start == 0 || !char.IsLetterOrDigit(metric[start - 1]);
            if (begins && Forms.Value.TryGetValue(Digits().Replace(metric[start..], "#"), out var form))
            {
                return new MetricWords(name, form.Unit, LabelOf(form, metric[start..], metric[..start]), subject);
            }
        }

        return new MetricWords(name, MetricUnit.Plain, metric, subject);
    }

    /// <summary>The number as a sentence begins with it: <c>Recall of card_arrival in language=de</c>.</summary>
    /// <param name="slice">The number's slice; null or <see cref="SliceNames.All"/> for the whole dataset.</param>
    public string In(string? slice) =>
        (Subject is null ? Label : $"{Label} of {Subject}") + (slice is null or SliceNames.All ? "" : $" in {slice}");

    /// <summary>A label where no sentence begins with it: <c>recall</c>, <c>F1 (macro)</c>, <c>chrF</c>.</summary>
    /// <param name="label">The label.</param>
    internal static string WithinSentence(string label) =>
        label.Length > 1 && char.IsAsciiLetterUpper(label[0]) && char.IsAsciiLetterLower(label[1])
            ? char.ToLowerInvariant(label[0]) + label[1..]
            : label;

    /// <summary>
    /// A name as it fits into a sentence: on one line, in the sentence's direction, and no longer than a number of characters.
    /// </summary>
    /// <param name="name">The name, as a row or a spec has it.</param>
    /// <param name="length">Maximum number of characters.</param>
    internal static string Cut(string name, int length)
    {
        var line = string.Concat(name.Select(character => char.IsControl(character) || TurnsDirection(character) ? ' ' : character));
        return WholeText.Cut(line, length);
    }

    /// <summary>Whether a mark turns the direction of the text behind it, the sentence's included.</summary>
    private static bool TurnsDirection(char character) =>
        character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool IsOfClass(string name) => name.EndsWith(']') && name.Contains('[', StringComparison.Ordinal);

    private static string LabelOf(MetricNumberForm form, string metric, string prefix)
    {
        var label = form.Label.Replace("#", Digits().Match(metric).Value, StringComparison.Ordinal);
        var what = prefix.TrimEnd('_', '-', '.', ' ');
        return what.Length == 0 ? label
            : label.EndsWith(')') ? $"{label[..^1]}, {what})"
            : $"{label} ({what})";
    }

    private static Dictionary<string, MetricNumberForm> ReadForms()
    {
        var forms = new Dictionary<string, MetricNumberForm>(StringComparer.Ordinal);
        foreach (var form in MetricCatalog.Numbers)
        {
            forms.TryAdd(Digits().Replace(form.Name, "#"), form);
        }

        return forms;
    }

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
