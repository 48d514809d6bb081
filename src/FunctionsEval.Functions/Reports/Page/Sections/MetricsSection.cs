using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Every number over the whole dataset but those of single classes.</summary>
internal static class MetricsSection
{
    public static ReportSection Create(ReportSource source)
    {
        var baseline = source.BaselineLines;
        string[] compared = baseline.Count > 0 ? ["baseline", "difference", "interval of the difference", "p"] : [];
        return new ReportSection(
            "Metrics",
            [
                new Table(
                    Table.Named(["metric", "candidate", .. compared, "n"]),
                    [.. source.LinesOfWhole.Select(line => RowOf(line, baseline))]
                )
                {
                    Label = "Metrics",
                },
                new Paragraph(
                    "Intervals in brackets; where no interval would cover, the reason stands in its place. ↓: less is better. "
                        + "A headline number (the gate's, else the task's first) is marked better or worse where p ≤ 0.05 and enough "
                        + "samples count; the others decide nothing.",
                    IsNote: true
                ),
            ]
        );
    }

    private static Row RowOf(MetricValue line, Dictionary<string, MetricValue> baseline)
    {
        Cell[] compared =
            baseline.Count > 0
                ?
                [
                    baseline.TryGetValue(line.Name, out var other) ? ReportText.WithInterval(other) : null,
                    ReportText.Difference(line),
                    ReportText.IntervalOfDifference(line),
                    ReportText.PValue(line.PValue, line.PValueIsBound),
                ]
                : [];
        return new Row(
            line.Name + (line.HigherIsBetter ? "" : " ↓"),
            [ReportText.WithInterval(line), .. compared, ReportText.Count(line.Samples)]
        );
    }
}
