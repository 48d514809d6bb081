using Spectre.Console;

namespace FunctionsEval.LocalHost.Client.Layout;

/// <summary>
/// Lines of which there may only be so many. Each entry has a rank: where there are too many lines, the last entries of the highest rank
/// are left out.
/// </summary>
/// <param name="console">Where the lines are printed.</param>
/// <param name="maxLines">How many there may be.</param>
internal sealed class LineBudget(IAnsiConsole console, int maxLines)
{
    private const string Hanging = "  ";

    private readonly List<(int Rank, IReadOnlyList<string> Markup)> _entries = [];

    /// <summary>Adds an entry: a sign in a colour, and a text that goes on in further lines below itself.</summary>
    /// <param name="rank">0 for an entry that is always there.</param>
    /// <param name="text">The text.</param>
    /// <param name="sign">A sign of one cell before it; null for none.</param>
    /// <param name="signColour">The sign's colour.</param>
    /// <param name="style">The text's colour or weight; null for none.</param>
    /// <param name="maxLines">How many lines it may take.</param>
    public void Add(int rank, string text, string? sign = null, string signColour = "default", string? style = null, int maxLines = 2)
    {
        var lines = TextLayout.Wrap(TextLayout.Flat(text), Math.Max(20, console.Profile.Width - Hanging.Length - 1), maxLines);
        _entries.Add(
            (
                rank,
                [
                    .. lines.Select(
                        (line, index) =>
                            (index == 0 && sign is not null ? $"[{signColour}]{Markup.Escape(sign)}[/] " : Hanging)
                            + (style is null ? Markup.Escape(line) : $"[{style}]{Markup.Escape(line)}[/]")
                    ),
                ]
            )
        );
    }

    /// <summary>Prints what there is room for.</summary>
    public void Print()
    {
        var kept = _entries.ToList();
        while (kept.Sum(entry => entry.Markup.Count) > maxLines && kept.Max(entry => entry.Rank) is > 0 and var highest)
        {
            kept.RemoveAt(kept.FindLastIndex(entry => entry.Rank == highest));
        }

        foreach (var line in kept.SelectMany(entry => entry.Markup))
        {
            console.MarkupLine(line);
        }
    }
}
