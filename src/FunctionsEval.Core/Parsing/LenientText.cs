using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Texts in one spelling: full-width characters, the digits of every script and the signs and words before a number that stand for a minus
/// as ASCII has them.
/// </summary>
internal static partial class LenientText
{
    private const char FirstFullWidth = '\uFF01';
    private const char LastFullWidth = '\uFF5E';
    private const int FullWidthOffset = 0xFEE0;

    /// <summary>
    /// Dashes that are a minus before a digit: the minus sign, hyphens, the figure and the en dash, small, superscript and heavy signs. The
    /// em dash parts sentences.
    /// </summary>
    private const string Minuses = "\u2212\u2010\u2011\u2012\u2013\uFE63\u207B\u2796";

    /// <summary>Rewrites a text.</summary>
    /// <param name="text">Any text.</param>
    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var normal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? 2 : 1;
            if (CharUnicodeInfo.GetUnicodeCategory(text, i) == UnicodeCategory.DecimalDigitNumber)
            {
                normal.Append((char)('0' + CharUnicodeInfo.GetDecimalDigitValue(text, i)));
            }
            else
            {
                normal.Append(length == 1 ? Simplify(text[i]).ToString() : text.Substring(i, length));
            }

            i += length - 1;
        }

        for (var i = 0; i + 1 < normal.Length; i++)
        {
            if (
                Minuses.Contains(normal[i], StringComparison.Ordinal)
                && (char.IsAsciiDigit(normal[i + 1]) || char.GetUnicodeCategory(normal[i + 1]) == UnicodeCategory.CurrencySymbol)
            )
            {
                normal[i] = '-';
            }
        }

        return MinusWord().Replace(normal.ToString(), "-");
    }

    private static char Simplify(char character) =>
        character switch
        {
            >= FirstFullWidth and <= LastFullWidth => (char)(character - FullWidthOffset),
            '\u3000' => ' ',
            '\u066C' => ',', // Arabic thousands separator
            '\u066B' => '.', // Arabic decimal separator
            _ => character,
        };

    /// <summary>
    /// Minus as a word of scripts without spaces, where nothing else tells it from the number. 正负 and บวกลบ are plus or minus.
    /// </summary>
    [GeneratedRegex(
        @"(?:(?<![正胜勝])[负負]|零下|マイナス|마이너스|영하|(?<!บวก)ลบ) ?(?=[0-9])",
        RegexOptions.CultureInvariant,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex MinusWord();
}
