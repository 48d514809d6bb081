using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>F1 of each class as a bar.</summary>
internal static class ClassesSection
{
    private const string Prefix = "f1[";

    public static ReportSection? Create(ReportSource source)
    {
        var bars = source.CandidateLines.Where(line => line.Name.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        if (bars.Count == 0)
        {
            return null;
        }

        var baseline = source.BaselineLines;
        Column[] columns = [new("class"), new("candidate"), new("bar", IsHidden: true)];
        var table = new Table(
            baseline.Count > 0 ? [.. columns, new Column("baseline")] : columns,
            [
                .. bars.Select(bar =>
                {
                    var other = baseline.GetValueOrDefault(bar.Name)?.Value;
                    Cell[] cells = [ReportText.Number(bar.Value), new Cell(null, "wide") { Chart = BarChart.From(bar.Value ?? 0, other) }];
                    return new Row(bar.Name[Prefix.Length..^1], baseline.Count > 0 ? [.. cells, ReportText.Number(other)] : cells);
                }),
            ]
        );
        return new ReportSection(
            "F1 by class",
            baseline.Count > 0 ? [table, new Paragraph("The line across a bar is the baseline.", IsNote: true)] : [table]
        );
    }
}
