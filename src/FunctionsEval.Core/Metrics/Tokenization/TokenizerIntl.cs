using System.Globalization;
using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// <c>intl</c>: mteval-v14.pl --international-tokenization: punctuation is set apart unless it stands between numbers, symbols
/// always; nothing is unescaped, and a full stop at the very end after a number stays with it.
/// </summary>
internal sealed class TokenizerIntl : TranslationTokenizer
{
    private static readonly Rune Space = new(' ');

    /// <inheritdoc/>
    public override List<string> Tokenize(string segment)
    {
        var runes = segment.EnumerateRunes().ToList();
        runes = SpaceOut(
            runes,
            (first, second) => !IsNumber(first) && IsPunctuation(second),
            (first, second) => [first, Space, second, Space]
        );
        runes = SpaceOut(
            runes,
            (first, second) => IsPunctuation(first) && !IsNumber(second),
            (first, second) => [Space, first, Space, second]
        );

        var line = new StringBuilder(runes.Count * 2);
        foreach (var rune in runes)
        {
            if (IsSymbol(rune))
            {
                line.Append(' ').Append(rune.ToString()).Append(' ');
            }
            else
            {
                line.Append(rune.ToString());
            }
        }

        return PythonText.Split(line.ToString());
    }

    private static List<Rune> SpaceOut(List<Rune> runes, Func<Rune, Rune, bool> isMatch, Func<Rune, Rune, Rune[]> replace)
    {
        var result = new List<Rune>(runes.Count * 2);
        for (var i = 0; i < runes.Count; i++)
        {
            if (i + 1 < runes.Count && isMatch(runes[i], runes[i + 1]))
            {
                result.AddRange(replace(runes[i], runes[i + 1]));
                i++;
            }
            else
            {
                result.Add(runes[i]);
            }
        }

        return result;
    }

    private static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.ConnectorPunctuation
                or UnicodeCategory.DashPunctuation
                or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation
                or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation
                or UnicodeCategory.OtherPunctuation;

    private static bool IsSymbol(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.MathSymbol
                or UnicodeCategory.CurrencySymbol
                or UnicodeCategory.ModifierSymbol
                or UnicodeCategory.OtherSymbol;
}
