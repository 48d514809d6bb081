using System.Text;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// The rules by which NIST's mteval-v13a.pl sets punctuation apart; sacrebleu's 13a and zh tokenizers and its TER normaliser share
/// them. Each rule is one pass from left to right over matches that do not overlap, as a global substitution is.
/// </summary>
internal static class WesternPunctuation
{
    /// <summary>Applies the rule for symbols.</summary>
    public static string SeparateSymbols(string text) => SurroundBySpaces(text, IsSymbol);

    /// <summary>Applies the rules for full stops, commas and dashes beside digits.</summary>
    public static string SeparateStopsAndDashes(string text)
    {
        text = SpaceOut(text, (first, second) => !char.IsAsciiDigit(first) && second is '.' or ',', (first, second) => $"{first} {second} ");
        text = SpaceOut(text, (first, second) => first is '.' or ',' && !char.IsAsciiDigit(second), (first, second) => $" {first} {second}");
        return SpaceOut(text, (first, second) => char.IsAsciiDigit(first) && second == '-', (first, second) => $"{first} {second} ");
    }

    /// <summary>Puts a space before and after each character of a kind.</summary>
    public static string SurroundBySpaces(string text, Func<char, bool> isOfKind)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var c in text)
        {
            if (isOfKind(c))
            {
                result.Append(' ').Append(c).Append(' ');
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    /// <summary>ASCII symbols and the space, without the apostrophe, comma, dash and full stop.</summary>
    private static bool IsSymbol(char c) => c is (>= '{' and <= '~') or (>= '[' and <= '`') or (>= ' ' and <= '&') or (>= '(' and <= '+') or (>= ':' and <= '@') or '/';

    private static string SpaceOut(string text, Func<char, char, bool> isMatch, Func<char, char, string> replace)
    {
        var result = new StringBuilder(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && isMatch(text[i], text[i + 1]))
            {
                result.Append(replace(text[i], text[i + 1]));
                i++;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
