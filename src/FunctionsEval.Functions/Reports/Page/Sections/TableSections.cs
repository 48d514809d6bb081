using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>
/// The tables that metrics yield, over the whole dataset: a section a kind, shown as the kind says. Of a plot only the candidate's is
/// drawn.
/// </summary>
internal static class TableSections
{
    /// <summary>The sections: matrices of labels first, then other tables, then plots.</summary>
    public static IEnumerable<ReportSection> Create(ReportSource source) =>
        source
            .Summary.Tables.Where(table => table.Slice == MetricReport.AllSamples)
            .GroupBy(table => table.Table.Kind)
            .OrderBy(kind => kind.Key.Plot is not null)
            .ThenBy(kind => kind.Key.Columns.Count > 0)
            .Select(kind => new ReportSection(kind.Key.Title, [.. BlocksOf(kind.Key, [.. kind])]));

    private static IEnumerable<ReportBlock> BlocksOf(MetricTableKind kind, IReadOnlyList<ScoredTable> tables)
    {
        if (kind.Plot is { } plot)
        {
            yield return ScatterPlot.From(tables[0].Table, plot);
        }
        else
        {
            foreach (var (role, _, table) in tables)
            {
                var name = role == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline;
                yield return kind.Columns.Count == 0 ? MatrixOf(name, table, table.Labels!) : RowsOf(name, table);
            }
        }

        if (kind.Columns.Count > 0 && kind.Note is { } note)
        {
            yield return new Paragraph(note, IsNote: true);
        }
    }

    private static Table MatrixOf(string role, MetricTable table, IReadOnlyList<string> labels)
    {
        var highest = Math.Max(1, table.Rows.Max(row => row.Max()));
        return new Table(
            Table.Named(["", .. labels, "other"]),
            [
                .. table.Rows.Select(
                    (numbers, row) => new Row(labels[row], [.. numbers.Select((number, column) => CellOf(number, row == column, highest))])
                ),
            ]
        )
        {
            Label = $"{table.Kind.Title} matrix, {role}",
            Caption = $"{role}: {table.Kind.Note}",
            CssClass = "matrix",
        };
    }

    /// <summary>The larger a number, the stronger its colour; those on the diagonal are right.</summary>
    private static Cell CellOf(double number, bool isRight, double highest)
    {
        var strength = Math.Round(0.08 + (0.72 * number / highest), 3);
        return new Cell(Number(number), isRight ? "right" : "wrong")
        {
            Style = number == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"--s:{strength}"),
        };
    }

    private static Table RowsOf(string role, MetricTable table) =>
        new(
            Table.Named(table.Labels is null ? table.Kind.Columns : ["", .. table.Kind.Columns]),
            [
                .. table.Rows.Select(
                    (row, index) =>
                        table.Labels is { } names
                            ? new Row(names[index], [.. row.Select(number => (Cell)Number(number))])
                            : new Row(Number(row[0]), [.. row.Skip(1).Select(number => (Cell)Number(number))])
                ),
            ]
        )
        {
            Label = $"{table.Kind.Title}, {role}",
            Caption = table.Signature is null ? role : $"{role}: {table.Signature}",
        };

    /// <summary>Counts as they are, other numbers with four digits.</summary>
    private static string Number(double number) =>
        number.ToString(double.IsInteger(number) ? "N0" : "0.0000", CultureInfo.InvariantCulture);
}
