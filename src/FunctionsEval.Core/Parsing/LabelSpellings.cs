namespace FunctionsEval.Core.Parsing;

/// <summary>Which labels the beginning of an answer can lead to.</summary>
/// <param name="spellings">Spelling → label.</param>
/// <param name="comparison">How spellings are compared.</param>
/// <param name="opening">Characters of which one may stand before the label: quotes, a parenthesis.</param>
internal sealed class LabelSpellings(IReadOnlyDictionary<string, string> spellings, StringComparison comparison, string opening)
{
    private readonly KeyValuePair<string, string>[] _longestFirst =
    [
        .. spellings
            .Where(spelling => spelling.Key.Length > 0)
            .OrderByDescending(spelling => spelling.Key.Length)
            .ThenBy(spelling => spelling.Key, StringComparer.Ordinal),
    ];

    /// <summary>Every label, once.</summary>
    public IReadOnlyList<string> Labels { get; } = [.. spellings.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Whether a text is nothing but what may stand before a label.</summary>
    public bool IsOpening(string text) => Strip(text).Length == 0;

    /// <summary>How much of a text stands before the label: white space and an opening character.</summary>
    public int OpeningLength(string text)
    {
        var space = text.Length - text.AsSpan().TrimStart().Length;
        return space < text.Length && opening.Contains(text[space], StringComparison.Ordinal) ? space + 1 : space;
    }

    /// <summary>
    /// The labels that a text can lead to: those that it begins; otherwise the longest that it spells with something after it that is no
    /// part of the word. White space at its end may go on to a longer label or be the end of a shorter one.
    /// </summary>
    /// <param name="text">The answer from where the label begins.</param>
    public IReadOnlyList<string> LedTo(string text)
    {
        text = Strip(text);
        if (text.Length == 0)
        {
            return Labels;
        }

        string[] begun =
        [
            .. _longestFirst
                .Where(spelling => Begins(text, spelling.Key))
                .Select(spelling => spelling.Value)
                .Distinct(StringComparer.Ordinal),
        ];
        return begun.Length > 0 && !char.IsWhiteSpace(text[^1]) ? begun
            : Finished(text) is { } finished ? [.. begun.Append(finished).Distinct(StringComparer.Ordinal)]
            : begun;
    }

    /// <summary>The label that an answer gives that ends with a text; none when it spells none.</summary>
    /// <param name="text">The answer from where the label begins.</param>
    public IReadOnlyList<string> EndedAt(string text)
    {
        var answer = Strip(text).TrimEnd();
        return [.. _longestFirst.Where(spelling => spelling.Key.Equals(answer, comparison)).Select(spelling => spelling.Value).Take(1)];
    }

    private string Strip(string text) => text[OpeningLength(text)..];

    private bool Begins(string text, string spelling)
    {
        var bytes = TokenText.EscapesAtEnd(text);
        if (bytes == 0)
        {
            return spelling.StartsWith(text, comparison);
        }

        var whole = text[..^bytes];
        return spelling.StartsWith(whole, comparison)
            && Variants(spelling[whole.Length..])
                .Any(rest => TokenText.ToBytes(rest).AsSpan().StartsWith(TokenText.ToBytes(text[^bytes..])));
    }

    private string[] Variants(string text) =>
        comparison == StringComparison.Ordinal ? [text] : [text, text.ToLowerInvariant(), text.ToUpperInvariant()];

    private string? Finished(string text) =>
        _longestFirst
            .FirstOrDefault(spelling =>
                text.Length > spelling.Key.Length && text.StartsWith(spelling.Key, comparison) && !IsWordPart(text[spelling.Key.Length])
            )
            .Value;

    private static bool IsWordPart(char character) => char.IsLetterOrDigit(character) || character == '_';
}
