using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Finds the labels that a text mentions: spellings that stand alone as words, whatever their letter case. Where one spelling
/// contains another ("not urgent", "urgent") the longer one is what is mentioned.
/// </summary>
/// <param name="spellings">Spelling → label.</param>
internal sealed class LabelMentions(IReadOnlyDictionary<string, string> spellings)
{
    private readonly SpellingIndex _spellings = new(spellings);

    /// <summary>The one label that the text mentions, however often; null when it mentions none or several.</summary>
    /// <param name="text">Any text.</param>
    public string? FindOnly(string text)
    {
        string? only = null;
        for (var at = 0; at < text.Length;)
        {
            if (MentionAt(text, at) is not { } mention)
            {
                at++;
                continue;
            }

            if (only is not null && only != mention.Value)
            {
                return null;
            }

            only = mention.Value;
            at += mention.Key.Length;
        }

        return only;
    }

    private KeyValuePair<string, string>? MentionAt(string text, int at)
    {
        foreach (var spelling in _spellings.At(text, at))
        {
            if (StandsAlone(text, at, spelling.Key.Length))
            {
                return spelling;
            }
        }

        return null;
    }

    /// <summary>Whether what stands before and after is no part of the same word or number; only edges that are themselves letters or digits matter.</summary>
    private static bool StandsAlone(string text, int start, int length)
    {
        var end = start + length;
        return (!IsWordPart(text, start) || !IsPrecededByWord(text, start)) && (!IsWordPart(text, end - 1) || !IsFollowedByWord(text, end));
    }

    private static bool IsPrecededByWord(string text, int start) =>
        start > 0 && (IsWordPart(text, start - 1) || (start > 1 && IsDigit(text, start) && text[start - 1] is '.' or ',' && IsDigit(text, start - 2)));

    private static bool IsFollowedByWord(string text, int end) =>
        end < text.Length && (IsWordPart(text, end) || (end + 1 < text.Length && IsDigit(text, end - 1) && text[end] is '.' or ',' && IsDigit(text, end + 1)));

    private static bool IsDigit(string text, int index) => index >= 0 && index < text.Length && char.IsAsciiDigit(text[index]);

    private static bool IsWordPart(string text, int index)
    {
        // The second half of a surrogate pair belongs to the character before it.
        var category = Rune.TryGetRuneAt(text, char.IsLowSurrogate(text[index]) && index > 0 ? index - 1 : index, out var rune)
            ? Rune.GetUnicodeCategory(rune)
            : UnicodeCategory.OtherNotAssigned;
        return category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark
            || text[index] == '_';
    }
}
