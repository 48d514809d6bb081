using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The candidate's accuracy over its confidence.</summary>
internal static class CalibrationSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Calibration.FirstOrDefault(result => result is { Role: ModelRole.Candidate, Slice: MetricReport.AllSamples })
            is { } candidate
            ? new ReportSection(
                "Calibration",
                [
                    CalibrationPlot.From(candidate.Bins),
                    new Paragraph(
                        "Accuracy over confidence, by bin; a calibrated model lies on the diagonal. A dot's area is the bin's share of samples.",
                        IsNote: true
                    ),
                ]
            )
            : null;
}
