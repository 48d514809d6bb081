using System.Buffers;
using System.Globalization;
using System.Text;
using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// Text as CPython 3 treats it, which the reference tools inherit: characters are code points, <c>str.lower</c> maps the final
/// sigma and 'İ' by the Unicode rules without a locale, and white space is what <c>str.isspace</c> says.
/// </summary>
internal static class PythonText
{
    /// <summary>The characters of ASCII that are as they are in lower case.</summary>
    private static readonly SearchValues<char> LowerAscii = SearchValues.Create([
        .. Enumerable.Range(0, 0x80).Select(c => (char)c).Where(c => !char.IsAsciiLetterUpper(c)),
    ]);

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
    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    /// <summary><c>str.lstrip()</c>.</summary>
    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && IsWhiteSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary><c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text)
    {
        var end = TrimEnd(text.AsSpan()).Length;
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

    /// <summary><c>str.split()</c> into tokens of the sequence that is being read.</summary>
    public static void Split(ReadOnlySpan<char> text, TokenSequences into)
    {
        for (var rest = TrimStart(text); !rest.IsEmpty; rest = TrimStart(rest))
        {
            var length = WordLength(rest);
            into.Add(rest[..length]);
            rest = rest[length..];
        }
    }

    /// <summary>How many characters stand before the first white space.</summary>
    public static int WordLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && !IsWhiteSpace(text[length]))
        {
            length++;
        }

        return length;
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
        ReusedBuffer<char> buffer = default;
        var lower = Lower(text, ref buffer);
        return lower == text.AsSpan() ? text : lower.ToString();
    }

    /// <summary><c>str.lower()</c>: the text itself where it has nothing to change, else a text in the buffer.</summary>
    public static ReadOnlySpan<char> Lower(ReadOnlySpan<char> text, ref ReusedBuffer<char> buffer)
    {
        var firstUpper = text.IndexOfAnyExcept(LowerAscii);
        if (firstUpper < 0)
        {
            return text;
        }

        // A character has at most two in its place.
        var lower = buffer.Take(2 * text.Length);
        text[..firstUpper].CopyTo(lower);
        var length = firstUpper;
        for (var i = firstUpper; i < text.Length; i++)
        {
            var c = text[i];
            if (c < '\x80')
            {
                lower[length++] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
            }
            else if (c == 'İ')
            {
                (lower[length], lower[length + 1]) = ('i', '\u0307');
                length += 2;
            }
            else if (c == 'Σ')
            {
                lower[length++] = IsFinalSigma(text, i) ? 'ς' : 'σ';
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
            {
                length += Rune.ToLowerInvariant(new Rune(c, text[++i])).EncodeToUtf16(lower[length..]);
            }
            else
            {
                lower[length++] = char.ToLowerInvariant(c);
            }
        }

        return lower[..length];
    }

    /// <summary>
    /// The condition Final_Sigma of SpecialCasing.txt: after a cased letter and before none, case-ignorable characters apart.
    /// </summary>
    private static bool IsFinalSigma(ReadOnlySpan<char> text, int sigma)
    {
        var i = sigma;
        while (i > 0)
        {
            Rune.DecodeLastFromUtf16(text[..i], out var rune, out var length);
            i -= length;
            if (!IsCaseIgnorable(rune))
            {
                return IsCased(rune) && !IsFollowedByCased(text, sigma + 1);
            }
        }

        return false;
    }

    private static bool IsFollowedByCased(ReadOnlySpan<char> text, int start)
    {
        for (var i = start; i < text.Length; )
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
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
