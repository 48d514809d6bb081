namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>The labels that answers are compared with, in all their spellings.</summary>
internal sealed class AnswerLabels
{
    private readonly Dictionary<string, string> _spellings;
    private readonly LabelMentions _mentions;
    private readonly bool _stripsQuotes;

    /// <param name="parsing">Letter case, quotes and aliases.</param>
    /// <param name="labels">The closed list of labels; null where an answer may be any text.</param>
    public AnswerLabels(ParsingSpec parsing, IReadOnlyList<string>? labels)
    {
        IsClosed = labels is not null;
        All = labels ?? [];
        IgnoreCase = parsing.IgnoreCase;
        _stripsQuotes = parsing.StripQuotes;
        _spellings = new Dictionary<string, string>(IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var label in All)
        {
            _spellings[label] = label;
        }

        foreach (var (spelling, label) in parsing.Aliases)
        {
            _spellings[spelling] = label;
        }

        _mentions = new LabelMentions(_spellings);
    }

    /// <summary>Whether an answer must be one of the labels.</summary>
    public bool IsClosed { get; }

    /// <summary>The labels, in the order of choice letters; empty where an answer may be any text.</summary>
    public IReadOnlyList<string> All { get; }

    public bool IgnoreCase { get; }

    /// <summary>Spelling → label, aliases included.</summary>
    public Dictionary<string, string> Spellings => _spellings;

    public StringComparison Comparison => IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Characters of which one may stand before a label.</summary>
    public string OpeningQuotes => _stripsQuotes ? "\"'`“" : "";

    /// <summary>
    /// Of a closed list the value must be a label or an alias of one; otherwise an alias is replaced and any value will do.
    /// </summary>
    public ParseResult Close(string value)
    {
        if (_spellings.TryGetValue(value, out var label))
        {
            return new Parsed(label);
        }

        return IsClosed ? new Unparsable(UnparsableReasons.NotALabel) : new Parsed(value);
    }

    /// <summary>As <see cref="Close"/> without what stands around the value, or by the one label that it mentions.</summary>
    public string? CloseLeniently(string value) =>
        Close(Unquote(value.AsSpan().Trim()).ToString()) is Parsed parsed ? parsed.Value : _mentions.FindOnly(value);

    /// <summary>Removes one pair of quotes, and nothing inside them.</summary>
    public ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text) =>
        _stripsQuotes && text is ['"', .., '"'] or ['\'', .., '\''] or ['`', .., '`'] or ['“', .., '”'] ? text[1..^1] : text;
}
