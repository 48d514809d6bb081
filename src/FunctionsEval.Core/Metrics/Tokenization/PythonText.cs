using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// Text as CPython 3 treats it, which the reference tools inherit: characters are code points, <c>str.lower</c> maps the final
/// sigma and 'İ' by the Unicode rules without a locale, and white space is what <c>str.isspace</c> says.
/// </summary>
internal static class PythonText
{
    /// <summary>Whether <c>str.isspace</c> holds; every such character lies in the basic plane.</summary>
    public static bool IsWhiteSpace(char c) =>
        c
            is (>= '\t' and <= '\r')
                or (>= '\x1c' and <= ' ')
                or '\x85'
                or '\xa0'
                or '\u1680'
                or (>= '\u2000' and <= '\u200a')
                or '\u2028'
                or '\u2029'
                or '\u202f'
                or '\u205f'
                or '\u3000';

    /// <summary>Whether <c>\w</c> of Python's <c>re</c> matches: letters, numbers and the underscore, but no combining marks.</summary>
    public static bool IsWord(Rune rune) =>
        rune.Value == '_'
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber;

    /// <summary>Whether the character is in Python's <c>string.punctuation</c>: the ASCII punctuation and symbols.</summary>
    public static bool IsAsciiPunctuation(char c) =>
        c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    /// <summary><c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end == text.Length ? text : text[..end];
    }

    /// <summary><c>str.split()</c>: the runs of characters that are not white space.</summary>
    public static List<string> Split(ReadOnlySpan<char> text)
    {
        var words = new List<string>(1 + (text.Length / 5));
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isInside = i < text.Length && !IsWhiteSpace(text[i]);
            if (isInside && start < 0)
            {
                start = i;
            }
            else if (!isInside && start >= 0)
            {
                words.Add(text[start..i].ToString());
                start = -1;
            }
        }

        return words;
    }

    /// <summary>The text without its white space, <c>''.join(text.split())</c>.</summary>
    public static string RemoveWhiteSpace(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsWhiteSpace(c))
            {
                kept.Append(c);
            }
        }

        return kept.Length == text.Length ? text : kept.ToString();
    }

    /// <summary><c>len(re.split(r"\s+", text))</c>: one more than there are runs of white space.</summary>
    public static int CountSplitParts(string text)
    {
        var parts = 1;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsWhiteSpace(text[i]) && (i == 0 || !IsWhiteSpace(text[i - 1])))
            {
                parts++;
            }
        }

        return parts;
    }

    /// <summary>The code points; a surrogate without its partner stands for itself.</summary>
    public static int[] CodePoints(string text)
    {
        var points = new int[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            points[count++] =
                i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? char.ConvertToUtf32(text[i], text[++i]) : text[i];
        }

        return points[..count];
    }

    /// <summary><c>str.lower()</c>: Unicode's full mapping to lower case.</summary>
    public static string Lower(string text)
    {
        var firstUpper = -1;
        for (var i = 0; i < text.Length && firstUpper < 0; i++)
        {
            firstUpper = text[i] is (>= 'A' and <= 'Z') or >= '\x80' ? i : -1;
        }

        if (firstUpper < 0)
        {
            return text;
        }

        var lower = new StringBuilder(text.Length + 8);
        lower.Append(text, 0, firstUpper);
        for (var i = firstUpper; i < text.Length; i++)
        {
            var c = text[i];
            if (c < '\x80')
            {
                lower.Append(c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c);
            }
            else if (c == 'İ')
            {
                lower.Append("i\u0307");
            }
            else if (c == 'Σ')
            {
                lower.Append(IsFinalSigma(text, i) ? 'ς' : 'σ');
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
            {
                lower.Append(Rune.ToLowerInvariant(new Rune(c, text[++i])).ToString());
            }
            else
            {
                lower.Append(char.ToLowerInvariant(c));
            }
        }

        return lower.ToString();
    }

    /// <summary>
    /// The condition Final_Sigma of SpecialCasing.txt: after a cased letter and before none, case-ignorable characters apart.
    /// </summary>
    private static bool IsFinalSigma(string text, int sigma)
    {
        var i = sigma;
        while (i > 0)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, i), out var rune, out var length);
            i -= length;
            if (!IsCaseIgnorable(rune))
            {
                return IsCased(rune) && !IsFollowedByCased(text, sigma + 1);
            }
        }

        return false;
    }

    private static bool IsFollowedByCased(string text, int start)
    {
        for (var i = start; i < text.Length; )
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            i += length;
            if (!IsCaseIgnorable(rune))
            {
                return IsCased(rune);
            }
        }

        return false;
    }

    /// <summary>The property Cased of DerivedCoreProperties.txt, for characters that are not case-ignorable.</summary>
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
        || rune.Value
            is 0xAA
                or 0xBA
                or (>= 0x2160 and <= 0x217F)
                or (>= 0x24B6 and <= 0x24E9)
                or (>= 0x1F130 and <= 0x1F149)
                or (>= 0x1F150 and <= 0x1F169)
                or (>= 0x1F170 and <= 0x1F189);

    /// <summary>The property Case_Ignorable of DerivedCoreProperties.txt.</summary>
    private static bool IsCaseIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.ModifierSymbol
        || rune.Value
            is '\''
                or '.'
                or ':'
                or 0xB7
                or 0x387
                or 0x55F
                or 0x5F4
                or 0x2018
                or 0x2019
                or 0x2024
                or 0x2027
                or 0xFE13
                or 0xFE52
                or 0xFE55
                or 0xFF07
                or 0xFF0E
                or 0xFF1A;
}
