using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Tells where words end, by script. Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words, Korean joins particles
/// to them, and none of these letters is part of a word of another script: the B in <c>答案是B</c> stands alone.
/// </summary>
internal static class WordBoundary
{
    /// <summary>The letters of these scripts, for a class of a regular expression.</summary>
    public const string Letters =
        @"\u0E00-\u0EFF\u1000-\u109F\u1100-\u11FF\u1780-\u17FF\u3130-\u318F\u3005-\u3007\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\uFF66-\uFF9F";

    /// <summary>Words that multiply the digits before them, for a regular expression: 3万 is not 3.</summary>
    public const string Multipliers = "[" + MultiplierLetters + "]|ร้อย|พัน|หมื่น|แสน|ล้าน";

    private const string MultiplierLetters = "十百千万萬亿億兆십백천만억조";

    private enum Script
    {
        /// <summary>Words are runs of letters and digits.</summary>
        Spaced,

        /// <summary>Words follow each other without spaces.</summary>
        Unspaced,

        /// <summary>Words are runs of Katakana.</summary>
        Katakana,

        /// <summary>Words begin after a space and may have particles behind them.</summary>
        Hangul,
    }

    /// <summary>Whether the character at a place is of a script that does not end words with spaces.</summary>
    public static bool IsOfUnspacedScript(string text, int at) =>
        Rune.TryGetRuneAt(text, at, out var character) && ScriptOf(character) != Script.Spaced;

    /// <summary>Whether what stands before a spelling belongs to its first word.</summary>
    /// <param name="before">The character before it.</param>
    /// <param name="first">Its first character.</param>
    /// <param name="isSingle">Whether it has no other; alone it may be a part of any word.</param>
    public static bool JoinsBefore(Rune before, Rune first, bool isSingle) =>
        IsWordPart(before)
        && IsWordPart(first)
        && ScriptOf(before) == ScriptOf(first)
        && (
            ScriptOf(first) != Script.Unspaced
            || isSingle
            || IsMark(first)
            || before.Value is (>= 0x0E40 and <= 0x0E44) or (>= 0x0EC0 and <= 0x0EC4)
        );

    /// <summary>Whether what stands after a spelling belongs to its last word.</summary>
    /// <param name="last">Its last character.</param>
    /// <param name="after">The character after it.</param>
    /// <param name="isSingle">Whether it has no other.</param>
    public static bool JoinsAfter(Rune last, Rune after, bool isSingle)
    {
        if (!IsWordPart(last) || !IsWordPart(after))
        {
            return false;
        }

        return IsMark(after)
            || (Rune.IsDigit(last) && MultiplierLetters.EnumerateRunes().Contains(after))
            || (
                ScriptOf(last) == ScriptOf(after)
                && ScriptOf(last) switch
                {
                    Script.Unspaced => isSingle || after.Value is 0x0E30 or 0x0E32 or 0x0E33 or 0x0E45 or 0x0EB0 or 0x0EB2 or 0x0EB3,
                    Script.Hangul => isSingle,
                    _ => true,
                }
            );
    }

    private static bool IsWordPart(Rune character) =>
        character.Value == '_'
        || Rune.GetUnicodeCategory(character)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark;

    private static bool IsMark(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static Script ScriptOf(Rune character) =>
        character.Value switch
        {
            >= 0x30A0 and <= 0x30FF or >= 0x31F0 and <= 0x31FF or >= 0xFF66 and <= 0xFF9F => Script.Katakana,
            >= 0xAC00 and <= 0xD7AF or >= 0x1100 and <= 0x11FF or >= 0x3130 and <= 0x318F => Script.Hangul,
            >= 0x0E00 and <= 0x0EFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF => Script.Unspaced,
            >= 0x3005
            and <= 0x3007
            or >= 0x3040
            and <= 0x309F
            or >= 0x3400
            and <= 0x4DBF
            or >= 0x4E00
            and <= 0x9FFF
            or >= 0xF900
            and <= 0xFAFF => Script.Unspaced,
            >= 0x20000 and <= 0x3FFFF => Script.Unspaced,
            _ => Script.Spaced,
        };
}
