using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Several candidates beside their baseline and beside the best of them.</summary>
internal static class CandidatesSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Summary.Candidates is not { } candidates
            ? null
            : new ReportSection(
                "Candidates",
                [
                    VerdictsOf(candidates),
                    .. candidates.Numbers.Where(number => number.Kind == MetricKind.Headline).Select(number => TableOf(candidates, number)),
                    new Paragraph(Explain(candidates), IsNote: true),
                    .. candidates.Numbers.Any(number => number.Kind != MetricKind.Headline)
                        ?
                        [
                            new Details(
                                "Other numbers",
                                IsOpen: false,
                                [
                                    .. candidates
                                        .Numbers.Where(number => number.Kind != MetricKind.Headline)
                                        .Select(number => TableOf(candidates, number)),
                                ]
                            ),
                        ]
                        : Array.Empty<ReportBlock>(),
                ]
            );

    private static Table VerdictsOf(CandidatesSummary candidates) =>
        new(
            Table.Named("candidate", "verdict among all", "alone", "recommended", "not compared because"),
            [
                .. candidates.Candidates.Select(candidate => new Row(
                    candidate.Model,
                    [VerdictOf(candidate.Verdict), VerdictOf(candidate.Alone), candidate.Recommended ? "yes" : null, candidate.NotCompared]
                )),
            ]
        )
        {
            Label = "Verdicts",
        };

    private static Cell VerdictOf(Verdict? verdict) =>
        verdict is null ? Cell.None : new Cell($"{VerdictView.SignOf(verdict.Result)} {VerdictNames.NameOf(verdict.Result)}");

    private static Table TableOf(CandidatesSummary candidates, CandidatesNumber number)
    {
        string[] compared = candidates.Baseline is null ? [] : ["difference", "interval for all together", "p, Holm"];
        return new Table(
            Table.Named(["candidate", "value", .. compared, "from the best other one", "may be the best", "n"]),
            [.. CandidateLines.From(number).Zip(number.Candidates, (line, candidate) => RowOf(candidates, line, candidate))]
        )
        {
            Label = number.Name,
            Caption = CaptionOf(number),
        };
    }

    private static Row RowOf(CandidatesSummary candidates, MetricValue line, CandidateNumber candidate)
    {
        Cell[] compared = candidates.Baseline is null
            ? []
            : [ReportText.Difference(line), IntervalOf(line), ReportText.PValue(candidate.AdjustedPValue, candidate.PValueIsBound)];
        var fromBest =
            candidate is { BestLower: { } lower, BestUpper: { } upper } ? $"{ReportText.Signed(lower)} to {ReportText.Signed(upper)}"
            : candidate.NoBest is { } none ? ReportText.Words(none)
            : null;
        var best =
            candidate.IsBest == true
                ? "yes, alone"
                : candidate.MayBeBest switch
                {
                    true => "yes",
                    false => "no",
                    _ => null,
                };
        return new Row(
            candidate.Model,
            [ReportText.Number(candidate.Value), .. compared, fromBest, best, ReportText.Count(candidate.Samples)]
        );
    }

    private static Cell IntervalOf(MetricValue line) =>
        line.NoDifferenceInterval is { } none ? $"none: {ReportText.Words(none)}"
        : DifferenceChart.From(line) is { } chart ? new Cell(null) { Chart = chart }
        : Cell.None;

    private static string CaptionOf(CandidatesNumber number) =>
        number.Name
        + (number.Slice == MetricReport.AllSamples ? "" : $" [{number.Slice}]")
        + (number.HigherIsBetter ? "" : " ↓")
        + (number.Baseline is { } baseline ? $", baseline {ReportText.Number(baseline)}" : "");

    private static string Explain(CandidatesSummary candidates) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The intervals of one number hold for all {candidates.Tried} candidates together at {candidates.Level:0.###}, and p-values are corrected for as many. A candidate that may be the best is not distinguishable from the best one; the order of those says nothing. ↓: less is better."
        );
}
