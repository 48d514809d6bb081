using Spectre.Console;

namespace FunctionsEval.LocalHost.Client.Layout;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its title.</param>
/// <param name="MinWidth">The cells to which it may be cut; null for a column that is never cut.</param>
/// <param name="Rank">0 for a column that is always there; of the others the one of the highest rank is left out first.</param>
/// <param name="ToRight">Whether its texts end in one line, as numbers do.</param>
internal sealed record FittedColumn(string Title, int? MinWidth = null, int Rank = 0, bool ToRight = false);

/// <summary>A cell of a table.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Style">Its colour; null for none.</param>
internal sealed record FittedCell(string Text, string? Style = null)
{
    public static implicit operator FittedCell(string? text) => new(text ?? "");
}

/// <summary>
/// A table that is no wider than its console: columns are cut as far as they may be, then left out by rank. No cell breaks into lines, and
/// where nothing is known of a width, as in a pipe, nothing is cut.
/// </summary>
internal sealed class FittedTable(IAnsiConsole console, IReadOnlyList<FittedColumn> columns)
{
    private const string Gap = "  ";

    private readonly List<IReadOnlyList<FittedCell>> _rows = [];

    /// <summary>Cells that every row is moved to the right.</summary>
    public int Indent { get; init; }

    /// <summary>Adds a row, with a cell for each column; null for an empty one.</summary>
    public void Add(params IReadOnlyList<FittedCell?> cells) =>
        _rows.Add([.. cells.Select(cell => cell is null ? new FittedCell("") : cell with { Text = TextLayout.Flat(cell.Text) })]);

    /// <summary>Whether there is room for every column, cut as far as it may be.</summary>
    public bool FitsWhenCut() => Indent + TotalOf(Cut(NaturalWidths())) <= console.Profile.Width;

    /// <summary>Prints the table. A column that is empty in every row is left out.</summary>
    public void Print()
    {
        var widths = Fit();
        var shown = Enumerable.Range(0, columns.Count).Where(column => widths[column] > 0).ToList();
        PrintRow(shown, widths, [.. columns.Select(column => new FittedCell(column.Title, "grey"))]);
        foreach (var row in _rows)
        {
            PrintRow(shown, widths, row);
        }
    }

    private void PrintRow(List<int> shown, int[] widths, IReadOnlyList<FittedCell> cells)
    {
        var texts = shown.Select(column =>
        {
            var text = TextLayout.Fit(cells[column].Text, widths[column]);
            // Nothing stands behind the last column.
            var padded =
                column == shown[^1] && !columns[column].ToRight ? text : TextLayout.Pad(text, widths[column], columns[column].ToRight);
            return cells[column].Style is { } style ? $"[{style}]{Markup.Escape(padded)}[/]" : Markup.Escape(padded);
        });
        console.MarkupLine((new string(' ', Indent) + string.Join(Gap, texts)).TrimEnd());
    }

    /// <summary>The width of each column; 0 for one that is left out.</summary>
    private int[] Fit()
    {
        var widths = NaturalWidths();
        while (true)
        {
            var cut = Cut(widths);
            if (Indent + TotalOf(cut) <= console.Profile.Width || FindLast(widths) is not { } last)
            {
                return cut;
            }

            widths[last] = 0;
        }
    }

    /// <summary>Takes cells from the widest column that may be cut, as long as there are too many.</summary>
    private int[] Cut(int[] natural)
    {
        var widths = natural.ToArray();
        for (var over = Indent + TotalOf(widths) - console.Profile.Width; over > 0; over--)
        {
            var cuttable = Enumerable
                .Range(0, widths.Length)
                .Where(column => columns[column].MinWidth is { } least && widths[column] > least)
                .ToList();
            if (cuttable.Count == 0)
            {
                break;
            }

            widths[cuttable.MaxBy(column => widths[column])]--;
        }

        return widths;
    }

    private int? FindLast(int[] widths) =>
        Enumerable
            .Range(0, columns.Count)
            .Where(column => widths[column] > 0 && columns[column].Rank > 0)
            .OrderByDescending(column => columns[column].Rank)
            .Select(column => (int?)column)
            .FirstOrDefault();

    private int[] NaturalWidths() =>
        [
            .. columns.Select(
                (column, index) =>
                    IsFilled(index) ? Math.Max(TextLayout.WidthOf(column.Title), _rows.Max(row => TextLayout.WidthOf(row[index].Text))) : 0
            ),
        ];

    private bool IsFilled(int column) => _rows.Exists(row => row[column].Text.Length > 0);

    private static int TotalOf(int[] widths) => widths.Sum() + (Gap.Length * Math.Max(0, widths.Count(width => width > 0) - 1));
}
