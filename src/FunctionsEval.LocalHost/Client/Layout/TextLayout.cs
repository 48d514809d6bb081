using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console.Rendering;

namespace FunctionsEval.LocalHost.Client.Layout;

/// <summary>Texts in the cells of a terminal: how wide they are, cut, and in lines.</summary>
internal static partial class TextLayout
{
    private const string Cut = "…";

    /// <summary>How many cells of a terminal a text takes.</summary>
    public static int WidthOf(string text) => new Segment(text).CellCount();

    /// <summary>A text on one line: line breaks, tabs and control characters are spaces.</summary>
    public static string Flat(string text)
    {
        var flat = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var shown = char.IsControl(character) || char.IsWhiteSpace(character) ? ' ' : character;
            if (shown != ' ' || (flat.Length > 0 && flat[^1] != ' '))
            {
                flat.Append(shown);
            }
        }

        return flat.ToString().TrimEnd();
    }

    /// <summary>A text that is no wider than it may be; what is too long ends with an ellipsis.</summary>
    public static string Fit(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return text;
        }

        var (kept, taken) = (new StringBuilder(), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var next = WidthOf(rune.ToString());
            if (taken + next > width - 1)
            {
                break;
            }

            kept.Append(rune.ToString());
            taken += next;
        }

        return kept.ToString().TrimEnd() + Cut;
    }

    /// <summary>A text with spaces behind it, or before it, up to a width.</summary>
    public static string Pad(string text, int width, bool toRight = false)
    {
        var spaces = new string(' ', Math.Max(0, width - WidthOf(text)));
        return toRight ? spaces + text : text + spaces;
    }

    /// <summary>A text in lines. A word that is wider than a line stays whole.</summary>
    /// <param name="text">The text, of one line.</param>
    /// <param name="width">How wide a line may be.</param>
    /// <param name="maxLines">How many lines there may be; what is left ends with an ellipsis.</param>
    public static IReadOnlyList<string> Wrap(string text, int width, int maxLines = int.MaxValue)
    {
        var (lines, line) = (new List<string>(), "");
        foreach (var word in Together().Replace(text, "\u00a0").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && WidthOf(line) + 1 + WidthOf(word) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        lines.Add(line);
        lines = [.. lines.Select(wrapped => wrapped.Replace('\u00a0', ' '))];
        return lines.Count <= maxLines ? lines : [.. lines.Take(maxLines - 1), Fit(string.Join(' ', lines.Skip(maxLines - 1)), width)];
    }

    /// <summary>Spaces within a p-value, and between a number and its unit.</summary>
    [GeneratedRegex(@"(?<=\bp) (?=[<≤=] )|(?<=[<≤=]) (?=\d)|(?<=\d) (?=%|points?\b|ms\b|s\b|min\b)")]
    private static partial Regex Together();
}
