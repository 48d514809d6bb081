namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>The closed list of labels, looked up ordinally.</summary>
internal sealed class LabelIndex
{
    /// <summary>The index of a prediction that did not parse, and of anything that is not a label.</summary>
    public const int Outside = -1;

    private readonly Dictionary<string, int> _indexes;

    /// <param name="labels">The labels, without duplicates.</param>
    public LabelIndex(IReadOnlyList<string> labels)
    {
        Labels = labels;
        _indexes = new Dictionary<string, int>(labels.Count, StringComparer.Ordinal);
        for (var i = 0; i < labels.Count; i++)
        {
            _indexes.Add(labels[i], i);
        }

        // Lengths make the key unambiguous whatever characters the labels hold.
        Key = string.Concat(labels.Select(label => $"{label.Length}:{label}"));
    }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>Text that is equal for equal lists only.</summary>
    public string Key { get; }

    public int Count => Labels.Count;

    /// <summary>The index of a label; <see cref="Outside"/> for anything else.</summary>
    public int IndexOf(string? label) => label is not null && _indexes.TryGetValue(label, out var index) ? index : Outside;
}
