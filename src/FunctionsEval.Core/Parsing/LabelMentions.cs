using System.Text;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Finds the labels that a text mentions: spellings that stand alone as words, whatever their letter case and width. Where one spelling
/// contains another ("not urgent", "urgent") the longer one is what is mentioned.
/// </summary>
internal sealed class LabelMentions
{
    private readonly SpellingIndex _spellings;
    private readonly bool _isNormalized;

    /// <param name="spellings">Spelling → label.</param>
    public LabelMentions(IReadOnlyDictionary<string, string> spellings)
    {
        var normal = spellings
            .Select(spelling => KeyValuePair.Create(LenientText.Normalize(spelling.Key), spelling.Value))
            .Distinct()
            .ToList();

        // Labels that only width or digits tell apart are looked for as they are written.
        _isNormalized = normal
            .GroupBy(spelling => spelling.Key, StringComparer.Ordinal)
            .All(group => group.Select(spelling => spelling.Value).Distinct(StringComparer.Ordinal).Count() == 1);
        _spellings = new SpellingIndex(_isNormalized ? normal : spellings);
    }

    /// <summary>The one label that the text mentions, however often; null when it mentions none or several.</summary>
    /// <param name="text">Any text.</param>
    public string? FindOnly(string text)
    {
        string? only = null;
        foreach (var mention in FindAll(text))
        {
            if (only is not null && only != mention)
            {
                return null;
            }

            only = mention;
        }

        return only;
    }

    /// <summary>The labels that the text mentions, one for each mention.</summary>
    /// <param name="text">Any text.</param>
    public IEnumerable<string> FindAll(string text)
    {
        text = _isNormalized ? LenientText.Normalize(text) : text;
        for (var (at, end) = (0, 0); at < text.Length; at++)
        {
            if ((at >= end || WordBoundary.IsOfUnspacedScript(text, at)) && MentionAt(text, at, end) is { } mention)
            {
                yield return mention.Value;
                end = at + mention.Key.Length;
            }
        }
    }

    /// <summary>
    /// The longest spelling at a place that goes beyond the end of the mention before: where words have no spaces, one that overlaps it is
    /// another reading (はい and いいえ in はいいえ).
    /// </summary>
    private KeyValuePair<string, string>? MentionAt(string text, int at, int end)
    {
        foreach (var spelling in _spellings.At(text, at))
        {
            if (at + spelling.Key.Length > end && StandsAlone(text, at, spelling.Key.Length))
            {
                return spelling;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether what stands before and after is no part of the same word or number; only edges that are themselves letters or digits matter.
    /// </summary>
    private static bool StandsAlone(string text, int start, int length)
    {
        var end = start + length;
        Rune.DecodeFromUtf16(text.AsSpan(start), out var first, out var firstLength);
        Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var last, out _);
        // At the text's ends these are the replacement character, which is no part of a word.
        Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out var before, out _);
        Rune.DecodeFromUtf16(text.AsSpan(end), out var after, out _);
        var isSingle = firstLength == length;
        return !IsInNumber(text, start, end)
            && !WordBoundary.JoinsBefore(before, first, isSingle)
            && !WordBoundary.JoinsAfter(last, after, isSingle);
    }

    /// <summary>Whether digits at an edge are a part of a number that goes on behind a point or comma.</summary>
    private static bool IsInNumber(string text, int start, int end) =>
        (start > 1 && IsDigit(text, start) && text[start - 1] is '.' or ',' && IsDigit(text, start - 2))
        || (end + 1 < text.Length && IsDigit(text, end - 1) && text[end] is '.' or ',' && IsDigit(text, end + 1));

    private static bool IsDigit(string text, int index) => char.IsAsciiDigit(text[index]);
}
