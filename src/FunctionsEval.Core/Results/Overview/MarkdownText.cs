using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>
/// Text in Markdown as GitHub and Azure DevOps read it. A name of a model or a label is data: it becomes no markup, no mention, no
/// reference to an issue, no link and no picture.
/// </summary>
public static partial class MarkdownText
{
    /// <summary>Characters of one text; what is longer is cut.</summary>
    public const int MaxLength = 400;

    private const string Escaped = "\\`*_{}[]<>|~#!()";

    /// <summary>A character without width at which no name goes on.</summary>
    private const char Joiner = '\u2060';

    /// <summary>A text on one line, of which nothing is markup.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var written = new StringBuilder(text.Length + 16);
        foreach (var rune in Shorten(text).EnumerateRunes())
        {
            if (rune.IsAscii && Escaped.Contains((char)rune.Value))
            {
                written.Append('\\').Append((char)rune.Value);
            }
            else if (rune.Value == '&')
            {
                written.Append("&amp;");
            }
            else
            {
                // Line breaks, and marks that turn the direction of what follows.
                written.Append(
                    Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format
                        ? " "
                        : rune.ToString()
                );
            }

            if (rune.Value is '@' or '#')
            {
                written.Append(Joiner);
            }
        }

        var line = written
            .Replace("://", $":{Joiner}//")
            .Replace("www.", $"www{Joiner}.")
            .Replace("WWW.", $"WWW{Joiner}.")
            .Replace("GH-", $"GH{Joiner}-")
            .ToString()
            .Trim();
        return BeginOfEmoji().Replace(line, $":{Joiner}");
    }

    /// <summary>The colon of <c>:name:</c>, which would be a picture such as the one of a pass.</summary>
    [GeneratedRegex(@":(?=[A-Za-z0-9_+\\-]+:)")]
    private static partial Regex BeginOfEmoji();

    private static string Shorten(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        return text[..WholeText.LengthOf(text, MaxLength)] + "…";
    }
}
