using System.Globalization;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>
/// A confusion matrix as squares, of which only those that are not empty are drawn. Labels that are taken for each other stand beside each
/// other, and columns have the numbers of the rows.
/// </summary>
/// <param name="Label">What it shows.</param>
/// <param name="Rows">The rows' names.</param>
/// <param name="Columns">The columns' numbers, as far as there is room for them.</param>
/// <param name="Squares">The squares.</param>
internal sealed record MatrixChart(
    string Label,
    IReadOnlyList<MatrixText> Rows,
    IReadOnlyList<MatrixText> Columns,
    IReadOnlyList<MatrixSquare> Squares
) : ReportBlock
{
    /// <summary>Labels that are drawn at most: those that are confused most.</summary>
    public const int MaxLabels = 80;

    /// <summary>Squares of wrong answers that are drawn at most: the largest.</summary>
    public const int MaxWrong = 1_500;

    private const int MaxNameLength = 30;
    private const double NamesWidth = 210;
    private const double HeadHeight = 20;

    public override string Template => "matrix_chart";

    public required string Width { get; init; }

    public required string Height { get; init; }

    /// <summary>Whether there is room for the counts.</summary>
    public required bool HasCounts { get; init; }

    public static MatrixChart From(string label, MetricTable table)
    {
        var names = table.Labels!;
        var order = ConfusionOrder.Create(table.Rows).Take(MaxLabels).ToList();
        var (width, height) =
            order.Count <= 12 ? (48.0, 30.0)
            : order.Count <= 30 ? (28.0, 20.0)
            : (11.0, 13.0);
        var every = order.Count <= 30 ? 1 : 5;
        var drawn = Drawn(table, order);
        var columns = drawn.Any(cell => cell.Column == order.Count) ? order.Count + 1 : order.Count;
        return new MatrixChart(
            label,
            [.. order.Select((name, row) => Text($"{FoldedText.Cut(names[name], MaxNameLength)} {row + 1}", NamesWidth - 6, Middle(row)))],
            [
                .. Enumerable
                    .Range(0, columns)
                    .Where(column => column == order.Count || (column + 1) % every == 0 || column == 0)
                    .Select(column => Text(column == order.Count ? "other" : Count(column + 1), Center(column), HeadHeight - 6)),
            ],
            [.. drawn.Select(SquareOf)]
        )
        {
            Width = Units(NamesWidth + (columns * width) + 14),
            Height = Units(HeadHeight + (order.Count * height) + 2),
            HasCounts = order.Count <= 30,
        };

        double Middle(int row) => HeadHeight + ((row + 0.5) * height) + 4;
        double Center(int column) => NamesWidth + ((column + 0.5) * width);
        MatrixSquare SquareOf((int Row, int Column, double Count, double Share) cell) =>
            new(
                cell.Row == cell.Column ? "right" : "wrong",
                Units(NamesWidth + (cell.Column * width)),
                Units(HeadHeight + (cell.Row * height)),
                Units(width - 1),
                Units(height - 1),
                (0.12 + (0.6 * cell.Share)).ToString("0.00", CultureInfo.InvariantCulture),
                Count(cell.Count),
                $"{NameOf(cell.Row)} → {NameOf(cell.Column)}: {Count(cell.Count)}"
            )
            {
                TextX = Units(Center(cell.Column)),
                TextY = Units(Middle(cell.Row)),
            };
        string NameOf(int place) => place == order.Count ? "other" : FoldedText.Cut(names[order[place]], MaxNameLength);
    }

    /// <summary>The squares by place: those on the diagonal, and the largest of the others.</summary>
    private static List<(int Row, int Column, double Count, double Share)> Drawn(MetricTable table, List<int> order)
    {
        var other = table.Labels!.Count;
        List<(int Row, int Column, double Count, double Share)> cells =
        [
            .. order.SelectMany(
                (name, row) =>
                {
                    var counts = table.Rows[name];
                    var samples = Math.Max(1, counts.Sum());
                    return order
                        .Append(other)
                        .Where(column => column < counts.Count)
                        .Select((column, place) => (row, place, counts[column], counts[column] / samples))
                        .Where(cell => cell.Item3 > 0);
                }
            ),
        ];
        return
        [
            .. cells.Where(cell => cell.Row == cell.Column),
            .. cells.Where(cell => cell.Row != cell.Column).OrderByDescending(cell => cell.Count).Take(MaxWrong),
        ];
    }

    private static MatrixText Text(string text, double x, double y) => new(text, Units(x), Units(y));

    private static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Units(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>A text of a matrix, and where it is.</summary>
internal sealed record MatrixText(string Text, string X, string Y);

/// <summary>A square of a matrix.</summary>
/// <param name="CssClass">Whether it is of right answers or of wrong ones.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Strength">How strong its colour is: the share of the true label's samples.</param>
/// <param name="Count">How many samples it has.</param>
/// <param name="Title">The same in words.</param>
internal sealed record MatrixSquare(
    string CssClass,
    string X,
    string Y,
    string Width,
    string Height,
    string Strength,
    string Count,
    string Title
)
{
    public required string TextX { get; init; }

    public required string TextY { get; init; }
}
