using System.Buffers;

namespace FunctionsEval.Core.Metrics.Tokenization;

/// <summary>
/// The rules by which NIST's mteval-v13a.pl sets punctuation apart; sacrebleu's 13a and zh tokenizers and its TER normaliser share
/// them. Each rule is one pass from left to right over matches that do not overlap, as a global substitution is.
/// </summary>
internal static class WesternPunctuation
{
    /// <summary>What is set apart when two characters meet.</summary>
    private interface IPairRule
    {
        /// <summary>The characters without one of which the rule never matches.</summary>
        static abstract SearchValues<char> Punctuation { get; }

        /// <summary>Whether it is the first character that gets a space on either side; else the second.</summary>
        static abstract bool IsFirstSetApart { get; }

        static abstract bool IsMatch(char first, char second);
    }

    /// <summary>Applies the rule for symbols.</summary>
    public static string SeparateSymbols(string text) => SurroundBySpaces(text, IsSymbol);

    /// <summary>Applies the rules for full stops, commas and dashes beside digits.</summary>
    public static string SeparateStopsAndDashes(string text) =>
        SetApart<DashAfterDigit>(SetApart<StopBeforeNonDigit>(SetApart<StopAfterNonDigit>(text)));

    /// <summary>Puts a space before and after each character of a kind.</summary>
    public static string SurroundBySpaces(string text, Func<char, bool> isOfKind)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length * 3);
        var length = 0;
        foreach (var c in text)
        {
            if (isOfKind(c))
            {
                buffer[length++] = ' ';
                buffer[length++] = c;
                buffer[length++] = ' ';
            }
            else
            {
                buffer[length++] = c;
            }
        }

        return Return(buffer, length);
    }

    /// <summary>ASCII symbols and the space, without the apostrophe, comma, dash and full stop.</summary>
    private static bool IsSymbol(char c) =>
        c is (>= '{' and <= '~') or (>= '[' and <= '`') or (>= ' ' and <= '&') or (>= '(' and <= '+') or (>= ':' and <= '@') or '/';

    private static string SetApart<TRule>(string text)
        where TRule : IPairRule
    {
        if (!text.AsSpan().ContainsAny(TRule.Punctuation))
        {
            return text;
        }

        var buffer = ArrayPool<char>.Shared.Rent(text.Length * 2);
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && TRule.IsMatch(text[i], text[i + 1]))
            {
                // Two characters become four; the buffer holds twice the text.
                ReadOnlySpan<char> spaced = TRule.IsFirstSetApart ? [' ', text[i], ' ', text[++i]] : [text[i], ' ', text[++i], ' '];
                spaced.CopyTo(buffer.AsSpan(length));
                length += spaced.Length;
            }
            else
            {
                buffer[length++] = text[i];
            }
        }

        return Return(buffer, length);
    }

    private static string Return(char[] buffer, int length)
    {
        var text = new string(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return text;
    }

    private readonly struct StopAfterNonDigit : IPairRule
    {
        public static SearchValues<char> Punctuation { get; } = SearchValues.Create(".,");

        public static bool IsFirstSetApart => false;

        public static bool IsMatch(char first, char second) => second is '.' or ',' && !char.IsAsciiDigit(first);
    }

    private readonly struct StopBeforeNonDigit : IPairRule
    {
        public static SearchValues<char> Punctuation { get; } = SearchValues.Create(".,");

        public static bool IsFirstSetApart => true;

        public static bool IsMatch(char first, char second) => first is '.' or ',' && !char.IsAsciiDigit(second);
    }

    private readonly struct DashAfterDigit : IPairRule
    {
        public static SearchValues<char> Punctuation { get; } = SearchValues.Create("-");

        public static bool IsFirstSetApart => false;

        public static bool IsMatch(char first, char second) => second == '-' && char.IsAsciiDigit(first);
    }
}
