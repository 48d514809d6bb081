using System.Globalization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Each model's confusion matrix over the whole dataset.</summary>
internal static class ConfusionSection
{
    public static ReportSection? Create(ReportSource source)
    {
        var matrices = source.Summary.ConfusionMatrices.Where(matrix => matrix.Slice == MetricReport.AllSamples).ToList();
        return matrices.Count > 0 ? new ReportSection("Confusion", [.. matrices.Select(TableOf)]) : null;
    }

    private static Table TableOf(ConfusionMatrixResult matrix)
    {
        var role = matrix.Role == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline;
        var highest = Math.Max(1, matrix.Counts.Max(row => row.Max()));
        return new Table(
            Table.Named(["", .. matrix.Labels, "other"]),
            [
                .. matrix.Counts.Select(
                    (counts, row) =>
                        new Row(matrix.Labels[row], [.. counts.Select((count, column) => CellOf(count, row == column, highest))])
                ),
            ]
        )
        {
            Label = $"Confusion matrix, {role}",
            Caption = $"{role}: true class down, predicted class across",
            CssClass = "matrix",
        };
    }

    /// <summary>A count, the stronger in colour the higher it is.</summary>
    private static Cell CellOf(long count, bool isRight, long highest)
    {
        var strength = Math.Round(0.08 + (0.72 * count / highest), 3);
        return new Cell(ReportText.Count(count), isRight ? "right" : "wrong")
        {
            Style = count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"--s:{strength}"),
        };
    }
}
