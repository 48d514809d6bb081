using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Every number, folded: averages, then classes and slices by damage.</summary>
internal static class MetricsSection
{
    public static ReportSection? Create(ReportSource source)
    {
        var averages = source.Averages.ToList();
        return averages.Count == 0 && source.Summary.Metrics.Count == 0
            ? null
            : new ReportSection(
                "metrics",
                "All metrics",
                [
                    new Details("Averages", IsOpen: false, [AveragesOf(source, averages)])
                    {
                        Count = ReportText.Count(averages.Count).Text,
                    },
                    .. PivotedMetrics.Classes(source),
                    .. PivotedMetrics.Slices(source),
                    new Paragraph(
                        "Small numbers are intervals; where none would cover, the reason stands there. A headline number (the gate's, else "
                            + "the task's first) is better or worse where p ≤ 0.05 and enough samples count; a class or slice changes "
                            + "clearly where p is so after Holm's correction. The others decide nothing.",
                        IsNote: true
                    ),
                ]
            );
    }

    private static Table AveragesOf(ReportSource source, List<MetricValue> lines)
    {
        var baseline = source.BaselineLines();
        Column[] compared = source.HasBaseline ? [Column.Number(source.Baseline), Column.Number("difference"), Column.Number("p")] : [];
        return new Table(
            ["metric", Column.Number(source.Candidate), .. compared, Column.Number("samples")],
            [
                .. lines.Select(line => new Row(
                    ReportText.NameOf(line),
                    [
                        ReportText.Value(line),
                        .. source.HasBaseline
                            ?
                            [
                                ReportText.Value(baseline.GetValueOrDefault((line.Name, MetricReport.AllSamples))),
                                ReportText.Difference(line),
                                ReportText.PValue(line),
                            ]
                            : Array.Empty<Cell>(),
                        ReportText.Count(line.Samples),
                    ]
                )),
            ]
        )
        {
            Caption = "Averages over all samples",
        };
    }
}
