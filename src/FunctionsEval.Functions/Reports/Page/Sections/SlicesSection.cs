using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Slices of the first number that has some, by how much they lost; without a baseline by their value.</summary>
internal static class SlicesSection
{
    private const int MaxSlices = 40;

    public static ReportSection? Create(ReportSource source)
    {
        var all = source
            .Summary.Metrics.Where(line => line.Role == Roles.Candidate && line.Slice != MetricReport.AllSamples)
            .ToLookup(line => line.Name, StringComparer.Ordinal);
        if (source.CandidateLines.Select(line => line.Name).FirstOrDefault(all.Contains) is not { } name)
        {
            return null;
        }

        var slices = all[name].OrderBy(GainOf).ThenBy(line => line.Slice, StringComparer.Ordinal).ToList();
        var shown = slices.Count > MaxSlices ? $"; {MaxSlices} of {slices.Count}" : "";
        return new ReportSection(
            "Slices",
            [
                new Paragraph($"{name}, the most harmed first{shown}. p-values are Holm's over the slices.", IsNote: true),
                new Table(
                    Table.Named("slice", "candidate", "difference", "interval of the difference", "p", "n"),
                    [.. slices.Take(MaxSlices).Select(RowOf)]
                )
                {
                    Label = "Slices",
                },
            ]
        );
    }

    private static double GainOf(MetricValue line) => (line.Difference ?? line.Value ?? 0) * (line.HigherIsBetter ? 1 : -1);

    private static Row RowOf(MetricValue line) =>
        new(
            line.Slice,
            [
                ReportText.WithInterval(line),
                ReportText.Difference(line),
                ReportText.IntervalOfDifference(line),
                ReportText.PValue(line.AdjustedPValue, line.PValueIsBound),
                ReportText.Count(line.Samples),
            ]
        );
}
