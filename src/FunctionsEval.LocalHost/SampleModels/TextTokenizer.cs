using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Splits text into tokens that concatenate to exactly the text. A token is a word (letters, marks and digits, with apostrophes and hyphens
/// inside) or a single other character, together with the white space before it; white space at the end of the text is a token of its own.
/// The usage counts of the sample endpoint count these tokens.
/// </summary>
internal static partial class TextTokenizer
{
    public static IReadOnlyList<string> Tokenize(string text)
    {
        var tokens = new List<string>();
        foreach (var match in Token().EnumerateMatches(text))
        {
            tokens.Add(text.Substring(match.Index, match.Length));
        }

        return tokens;
    }

    public static int Count(string text) => Token().Count(text);

    /// <summary>The lower-cased words of a text, without punctuation and white space.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var match in Word().EnumerateMatches(text))
        {
            words.Add(text.Substring(match.Index, match.Length).ToLowerInvariant());
        }

        return words;
    }

    [GeneratedRegex(@"\s*(?:[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[\uD800-\uDBFF][\uDC00-\uDFFF]|\S)|\s+")]
    private static partial Regex Token();

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*")]
    private static partial Regex Word();
}
