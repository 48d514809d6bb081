using System.Globalization;
using System.Xml.Linq;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>Verdict and headline as a badge: an SVG image, or the JSON from which shields.io draws one (its endpoint badge).</summary>
internal static class BadgeExport
{
    private const int Height = 20;
    private const int Padding = 6;
    private const int FontSize = 11;
    private const int Baseline = 14;
    private const int MaxLabel = 60;

    /// <summary>The colour of each verdict; white letters on it have a contrast of 4.5 or more.</summary>
    private static readonly Dictionary<VerdictResult, (string Colour, string Icon)> Looks = new()
    {
        [VerdictResult.Pass] = ("#1a7f37", "✓"),
        [VerdictResult.Fail] = ("#cf222e", "✗"),
        [VerdictResult.Inconclusive] = ("#9a6700", "?"),
    };

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The image.</summary>
    public static string Write(ExportSource source)
    {
        var (label, message, colour) = TextsOf(source);
        var (left, right) = (WidthOf(label), WidthOf(message));
        var name = $"{label}: {message}";
        return new XElement(
                Svg + "svg",
                new XAttribute("width", left + right),
                new XAttribute("height", Height),
                new XAttribute("role", "img"),
                new XAttribute("aria-label", name),
                new XElement(Svg + "title", name),
                Box(0, left, "#444c56"),
                Box(left, right, colour),
                new XElement(
                    Svg + "g",
                    new XAttribute("fill", "#fff"),
                    new XAttribute("text-anchor", "middle"),
                    new XAttribute("font-family", "Verdana,Geneva,DejaVu Sans,sans-serif"),
                    new XAttribute("font-size", FontSize),
                    Text(label, 0, left),
                    Text(message, left, right)
                )
            ).ToString() + "\n";
    }

    /// <summary>The JSON.</summary>
    public static string WriteJson(ExportSource source)
    {
        var (label, message, colour) = TextsOf(source);
        return ExportJson.Write(
            new
            {
                SchemaVersion = 1,
                Label = label,
                Message = message,
                Color = colour,
            }
        );
    }

    private static (string Label, string Message, string Colour) TextsOf(ExportSource source)
    {
        var overview = RunOverview.From(source.Run, source.Summary);
        var headline = overview.Headline is [var first, ..] ? $"{first.Label} {first.Candidate.Text}" : null;
        var (colour, verdict) = overview.Verdict is { } result
            ? (Looks[result].Colour, $"{Looks[result].Icon} {VerdictNames.NameOf(result)}")
            : ("#57606a", overview.Status == RunStatus.Completed ? null : overview.Status.ToString().ToLowerInvariant());
        var parts = new[] { verdict, headline }.OfType<string>().ToList();
        return (Cut(source.Name), parts.Count > 0 ? Cut(string.Join(" · ", parts)) : "no number", colour);
    }

    /// <summary>A text of one line.</summary>
    private static string Cut(string text)
    {
        var line = new string([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return WholeText.Cut(line, MaxLabel);
    }

    private static XElement Box(int x, int width, string colour) =>
        new(
            Svg + "rect",
            new XAttribute("x", x),
            new XAttribute("width", width),
            new XAttribute("height", Height),
            new XAttribute("fill", colour)
        );

    /// <summary>A text that is as wide as was computed, whatever font is there.</summary>
    private static XElement Text(string text, int x, int width) =>
        new(
            Svg + "text",
            new XAttribute("x", (x + width / 2d).ToString(CultureInfo.InvariantCulture)),
            new XAttribute("y", Baseline),
            new XAttribute("textLength", width - 2 * Padding),
            text
        );

    private static int WidthOf(string text) => (int)Math.Ceiling(text.EnumerateRunes().Sum(rune => LetterWidth(rune.Value))) + 2 * Padding;

    /// <summary>Width of a letter of Verdana at 11 px, about.</summary>
    private static double LetterWidth(int letter) =>
        letter switch
        {
            'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '!' or '\'' or 'I' => 3.9,
            ' ' or 'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' or '·' => 4.6,
            'm' or 'w' or 'M' or 'W' or '%' or '@' => 10.4,
            >= 'A' and <= 'Z' => 7.8,
            < 0x1100 => 6.9,
            _ => FontSize,
        };
}
