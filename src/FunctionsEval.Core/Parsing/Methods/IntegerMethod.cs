namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>An integer, compared by value with labels or references.</summary>
internal sealed class IntegerMethod : AnswerMethod
{
    private readonly AnswerLabels _labels;
    private readonly Dictionary<string, string> _byInteger = new(StringComparer.Ordinal);

    public IntegerMethod(AnswerLabels labels)
    {
        _labels = labels;
        Spellings = new LabelSpellings(labels.Spellings, labels.Comparison, labels.OpeningQuotes);
        foreach (var label in labels.All)
        {
            if (IntegerText.TryNormalize(label, out var integer))
            {
                _byInteger[integer] = label;
            }
        }
    }

    public override LabelSpellings Spellings { get; }

    public override ParseResult Read(string text) => ReadInteger(_labels.Unquote(text.AsSpan().Trim()));

    public override string? ReadLeniently(string text) =>
        LenientReading.OnlyInteger(text) is { } integer && ReadInteger(integer) is Parsed parsed ? parsed.Value : null;

    /// <summary>Outside a closed list <c>+07</c> becomes <c>7</c>.</summary>
    public override string NormalizeReference(string reference) =>
        !_labels.IsClosed && IntegerText.TryNormalize(reference.AsSpan().Trim(), out var integer) ? integer : reference;

    private ParseResult ReadInteger(ReadOnlySpan<char> text)
    {
        if (!IntegerText.TryNormalize(text, out var integer))
        {
            return new Unparsable(UnparsableReasons.NotAnInteger);
        }

        return _byInteger.TryGetValue(integer, out var label) ? new Parsed(label) : _labels.Close(integer);
    }
}
