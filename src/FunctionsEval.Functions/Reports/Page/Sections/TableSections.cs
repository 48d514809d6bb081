using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The tables that metrics yield, over the whole dataset: a section a kind, shown as the kind says.</summary>
internal static class TableSections
{
    private const int MaxRows = 200;

    /// <summary>The sections: matrices of labels first, then other tables, then plots.</summary>
    public static IEnumerable<ReportSection> Create(ReportSource source) =>
        source
            .Summary.Tables.Where(table => table.Slice == MetricReport.AllSamples)
            .GroupBy(table => table.Table.Kind)
            .OrderBy(kind => kind.Key.Plot is not null)
            .ThenBy(kind => kind.Key.Columns.Count > 0)
            .Select(kind => new ReportSection($"table-{kind.Key.Member}", kind.Key.Title, [.. BlocksOf(source, kind.Key, [.. kind])]));

    private static IEnumerable<ReportBlock> BlocksOf(ReportSource source, MetricTableKind kind, IReadOnlyList<ScoredTable> tables)
    {
        if (kind.Plot is { } plot)
        {
            yield return PlotOf(source, kind, plot, tables);
        }

        foreach (var (table, isFirst) in tables.Select((table, place) => (table, place == 0)))
        {
            var model = source.NameOf(table.Role == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline);
            var blocks = kind.Columns.Count == 0 ? ConfusionBlocks.Create(model, table.Table) : [RowsOf(model, table.Table)];
            yield return new Details($"{kind.Title} of {model}", IsOpen: isFirst && kind.Plot is null, [.. blocks])
            {
                Note = table.Table.Signature,
            };
        }

        if (kind.Columns.Count > 0 && kind.Note is { } note)
        {
            yield return new Paragraph(note, IsNote: true);
        }
    }

    /// <summary>A dot a row; the candidate's and the baseline's in their colours.</summary>
    private static ScatterPlot PlotOf(ReportSource source, MetricTableKind kind, TablePlot plot, IReadOnlyList<ScoredTable> tables)
    {
        var empty = new ScatterPlot($"{kind.Title} by bin.", PlotScale.OfShares(plot.XName), PlotScale.OfShares(plot.YName), [])
        {
            HasDiagonal = true,
            Keys =
            [
                .. tables
                    .Select(table => table.Role)
                    .Distinct()
                    .Select(role =>
                        role == ModelRole.Candidate
                            ? new PlotKey("series-0", "●", source.Candidate)
                            : new PlotKey("series-1", "○", source.Baseline)
                    ),
            ],
        };
        return empty with { Dots = [.. tables.SelectMany(DotsOf)] };

        string ModelOf(ScoredTable table) => source.NameOf(table.Role == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline);
        IEnumerable<PlottedDot> DotsOf(ScoredTable table)
        {
            var (xs, ys, weights) = (table.Table.Column(plot.X), table.Table.Column(plot.Y), table.Table.Column(plot.Weight));
            var total = Math.Max(1, weights.Sum());
            return table.Table.Rows.Select(
                (_, row) =>
                    empty.Dot(
                        xs[row],
                        ys[row],
                        3 + (12 * Math.Sqrt(weights[row] / total)),
                        table.Role == ModelRole.Candidate ? "series-0" : "series-1",
                        $"{ModelOf(table)}: {plot.XName} {NumberText.Share(xs[row])}, {plot.YName} {NumberText.Share(ys[row])}, "
                            + $"{NumberText.Count((long)weights[row])} {plot.WeightName}"
                    ) with
                    {
                        IsHollow = table.Role != ModelRole.Candidate,
                    }
            );
        }
    }

    private static Table RowsOf(string model, MetricTable table) =>
        new(
            [
                .. (table.Labels is null ? table.Kind.Columns : ["", .. table.Kind.Columns]).Select(
                    (name, place) => new Column(name, place > 0)
                ),
            ],
            [
                .. table
                    .Rows.Take(MaxRows)
                    .Select(
                        (row, index) =>
                            table.Labels is { } names
                                ? new Row(names[index], [.. row.Select(number => (Cell)Number(number))])
                                : new Row(Number(row[0]), [.. row.Skip(1).Select(number => (Cell)Number(number))])
                    ),
            ]
        )
        {
            Caption =
                table.Rows.Count > MaxRows
                    ? $"{table.Kind.Title}, {model}: the first {MaxRows} of {table.Rows.Count}"
                    : $"{table.Kind.Title}, {model}",
        };

    private static string Number(double number) =>
        double.IsInteger(number) ? NumberText.Count((long)number) : new NumberText(MetricUnit.Plain).Value(number);
}
