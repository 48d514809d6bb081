using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Reads a verbose answer as a person would. It ignores the text around an answer, but never resolves an ambiguity: two labels, two numbers
/// or two letters are not an answer. It is reported beside the strict reading and never instead of it.
/// </summary>
internal static partial class LenientReading
{
    /// <summary>A character of a word, in scripts that end words with spaces.</summary>
    private const string Word = @"[\p{L}\p{Nd}_-[" + WordBoundary.Letters + "]]";

    private const string WordOrApostrophe = @"[\p{L}\p{Nd}_'’-[" + WordBoundary.Letters + "]]";

    /// <summary>
    /// Digits, in groups or not: 1234; 1,234; 1.234.567 (with one point it may be a decimal number); 1'234; 1 234; 12,34,567 (India).
    /// </summary>
    private const string Digits =
        @"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}|[1-9][0-9]{0,2}(?:['’ʼ][0-9]{3})+|[1-9][0-9]{0,2}(?:[ \u00A0\u2009\u202F][0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}|[0-9]+";

    /// <summary>
    /// The one integer in a text, however often; null when there is none or several. Parts of decimal numbers and of words, and multiples
    /// (3万), are no integers. A sign may be any minus, and stand before a currency; digits may be of any script and in groups.
    /// </summary>
    public static string? OnlyInteger(string text)
    {
        string? only = null;
        foreach (var match in AnswerPattern.Matches(IntegerPattern(), MinusWordPattern().Replace(LenientText.Normalize(text), "-")))
        {
            var digits = string.Concat(match.Groups["digits"].Value.Where(char.IsAsciiDigit));
            if (!IntegerText.TryNormalize(match.Groups["sign"].Value + digits, out var integer) || (only is not null && only != integer))
            {
                return null;
            }

            only = integer;
        }

        return only;
    }

    /// <summary>
    /// The one choice letter of a text: the letters that are announced ("answer: B", "option is B") or in parentheses decide; without any,
    /// those that begin a line and are marked ("B." or "B)"); without those, capitals that stand alone. Null when the letters that decide
    /// are not one.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="choices">How many letters there are, from A.</param>
    public static char? OnlyChoice(string text, int choices)
    {
        text = LenientText.Normalize(text);
        foreach (var pattern in new[] { AnnouncedChoicePattern(), MarkedChoicePattern(), LoneCapitalPattern() })
        {
            var letters = AnswerPattern
                .Matches(pattern, text)
                .Select(match => match.Groups["letter"].Value[0])
                .Where(letter => letter - 'A' < choices)
                .Distinct()
                .ToArray();
            if (letters.Length > 0)
            {
                return letters.Length == 1 ? letters[0] : null;
            }
        }

        return null;
    }

    /// <summary>
    /// The pieces of a text that may be one JSON object: from each opening brace to the brace that closes it, leftmost first, none within
    /// another.
    /// </summary>
    public static IEnumerable<string> JsonObjects(string text) => JsonValues(text, "{", "}");

    /// <summary>The pieces of a text that may be one JSON object or list, as <see cref="JsonObjects"/> finds objects.</summary>
    public static IEnumerable<string> JsonValues(string text) => JsonValues(text, "{[", "}]");

    private static IEnumerable<string> JsonValues(string text, string opening, string closing)
    {
        for (var start = text.AsSpan().IndexOfAny(opening); start >= 0; )
        {
            var end = ClosingBrace(text, start, opening, closing);
            if (end < 0)
            {
                yield break;
            }

            yield return text[start..(end + 1)];
            var next = text.AsSpan(end + 1).IndexOfAny(opening);
            start = next < 0 ? -1 : end + 1 + next;
        }
    }

    private static int ClosingBrace(string text, int start, string opening, string closing)
    {
        var depth = 0;
        var isInString = false;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when isInString:
                    i++;
                    break;
                case '"':
                    isInString = !isInString;
                    break;
                case var c when !isInString && opening.Contains(c, StringComparison.Ordinal):
                    depth++;
                    break;
                case var c when !isInString && closing.Contains(c, StringComparison.Ordinal) && --depth == 0:
                    return i;
                default:
                    break;
            }
        }

        return -1;
    }

    [GeneratedRegex(
        @"(?:(?<!"
            + Word
            + @")(?<sign>[+-])\p{Sc}?)?(?<!"
            + Word
            + @"|[0-9][.,'’])(?<digits>"
            + Digits
            + @")(?!"
            + Word
            + @"|[.,'’][0-9]|"
            + WordBoundary.Multipliers
            + ")",
        RegexOptions.CultureInvariant,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"(?<!(?i:plus) or )\b(?i:minus) (?=[0-9])", RegexOptions.CultureInvariant, AnswerPattern.TimeoutMilliseconds)]
    private static partial Regex MinusWordPattern();

    // White space is matched once and never given back, so that a long run of it takes no longer than its length.
    // "A" and "I" before a word in lower case are English words, not letters.
    [GeneratedRegex(
        @"(?:\b(?i:answer|choice|option)(?i:\s+is)?|(?:答案|正解|答え|정답|답|คำตอบ)(?>\s*)(?:是|为|為|は|은|는|คือ)?)(?>\s*):?(?>\s*)[\(\[【「""'*]*(?<letter>[A-Z])(?!"
            + WordOrApostrophe
            + @")(?<![AI](?=\s+\p{Ll}))|[\(\[【「](?<letter>[A-Z])[\)\]】」]",
        RegexOptions.CultureInvariant,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex AnnouncedChoicePattern();

    [GeneratedRegex(
        @"^[^\S\n]*(?<letter>[A-Z])\s*[\).:、]",
        RegexOptions.CultureInvariant | RegexOptions.Multiline,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex MarkedChoicePattern();

    [GeneratedRegex(
        @"(?<!" + WordOrApostrophe + @")(?<letter>[A-Z])(?!" + WordOrApostrophe + @")(?<![AI](?=\s+\p{Ll}))",
        RegexOptions.CultureInvariant,
        AnswerPattern.TimeoutMilliseconds
    )]
    private static partial Regex LoneCapitalPattern();
}
