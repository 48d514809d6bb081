namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Probability that is given to labels, and how much of it is divided equally because nothing says which label it belongs to.
/// </summary>
internal sealed class LabelShares
{
    private readonly SortedDictionary<string, double> _shares = new(StringComparer.Ordinal);
    private double _unresolved;
    private double _leftOut;

    /// <summary>Gives probability to labels in equal shares; more than one leaves it unresolved.</summary>
    /// <param name="labels">The labels; none: it is of no label.</param>
    /// <param name="probability">How much, all together.</param>
    public void Add(IReadOnlyList<string> labels, double probability)
    {
        foreach (var label in labels)
        {
            _shares[label] = _shares.GetValueOrDefault(label) + (probability / labels.Count);
        }

        _unresolved += labels.Count > 1 ? probability : 0;
    }

    /// <summary>Gives probability that no listed token accounts for to labels in equal shares.</summary>
    /// <inheritdoc cref="Add"/>
    public void AddUnseen(IReadOnlyList<string> labels, double probability)
    {
        Add(labels, probability);
        _unresolved += labels.Count > 1 ? 0 : probability;
    }

    /// <summary>Notes probability that can lead to every label alike, such as that of white space: it is shared as the rest is.</summary>
    /// <param name="probability">How much.</param>
    public void LeaveOut(double probability) => _leftOut += probability;

    /// <summary>The shares scaled to 1; null when there are none.</summary>
    public LabelReading? ToReading()
    {
        var total = _shares.Values.Sum();
        if (!(total > 0))
        {
            return null;
        }

        var probabilities = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (label, share) in _shares.Where(share => share.Value > 0))
        {
            probabilities[label] = share / total;
        }

        return new LabelReading(probabilities, Math.Min(1, (_unresolved + _leftOut) / (total + _leftOut)));
    }
}
