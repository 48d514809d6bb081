using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Several candidates beside their baseline and beside the best of them.</summary>
internal static class CandidatesSection
{
    /// <summary>Numbers that are no headline; each candidate's own report has all.</summary>
    private const int MaxOthers = 100;

    public static ReportSection? Create(ReportSource source) =>
        source is not { Summary.Candidates: { } candidates, Overview.Candidates: { } answers }
            ? null
            : new ReportSection(
                "candidates",
                "Candidates",
                [
                    .. CandidatePlots.Create(source, answers),
                    VerdictsOf(answers, candidates),
                    .. TradeOffPlot.Find(source, answers) is { } plot ? [plot] : Array.Empty<ReportBlock>(),
                    new Paragraph(Explain(candidates), IsNote: true),
                    .. NumbersOf(candidates),
                ]
            );

    private static Table VerdictsOf(IReadOnlyList<OverviewCandidate> answers, CandidatesSummary candidates) =>
        new(
            ["candidate", "verdict among all", "alone", "recommended", "why"],
            [
                .. answers.Zip(
                    candidates.Candidates,
                    (answer, candidate) =>
                        new Row(
                            ReportSource.Shorten(answer.Model),
                            [
                                ReportText.Verdict(answer.Verdict),
                                ReportText.Verdict(candidate.Alone?.Result),
                                answer.IsRecommended ? "✓ yes" : null,
                                answer.NotCompared ?? WhyOf(answer),
                            ]
                        )
                ),
            ]
        )
        {
            Caption = "Verdicts",
            IsCaptionHidden = true,
        };

    /// <summary>The rules that do not hold; of a candidate that passes how many do.</summary>
    private static string WhyOf(OverviewCandidate candidate)
    {
        string[] reasons =
        [
            .. candidate.Reasons.Where(reason => reason.Result != VerdictResult.Pass).Select(reason => $"{reason.Reason}."),
        ];
        return reasons.Length > 0 ? string.Join(" ", reasons)
            : candidate.Reasons.Count > 0 ? $"every rule holds: {candidate.Reasons.Count}"
            : Cell.None;
    }

    private static IEnumerable<ReportBlock> NumbersOf(CandidatesSummary candidates)
    {
        var headline = candidates.Numbers.Where(number => number.Kind == MetricKind.Headline).ToList();
        var others = candidates.Numbers.Where(number => number.Kind != MetricKind.Headline).Take(MaxOthers).ToList();
        if (headline.Count > 0)
        {
            yield return new Details(
                "Headline numbers as a table",
                IsOpen: false,
                [.. headline.Select(number => TableOf(candidates, number))]
            );
        }

        if (others.Count > 0)
        {
            yield return new Details("Other numbers", IsOpen: false, [.. others.Select(number => TableOf(candidates, number))])
            {
                Count = $"{others.Count}",
            };
        }
    }

    private static Table TableOf(CandidatesSummary candidates, CandidatesNumber number)
    {
        Column[] compared = candidates.Baseline is null ? [] : [Column.Number("difference"), Column.Number("p")];
        return new Table(
            ["candidate", Column.Number("value"), .. compared, "from the best other one", "may be the best", Column.Number("samples")],
            [.. CandidateLines.From(number).Zip(number.Candidates, (line, candidate) => RowOf(candidates, line, candidate))]
        )
        {
            Caption = CaptionOf(candidates, number),
        };
    }

    private static Row RowOf(CandidatesSummary candidates, MetricValue line, CandidateNumber candidate)
    {
        Cell[] compared = candidates.Baseline is null
            ? []
            : [ReportText.Difference(line), ReportText.PValue(candidate.AdjustedPValue, candidate.PValueIsBound)];
        var fromBest =
            candidate is { BestLower: { } lower, BestUpper: { } upper } ? ReportText.TextOf(line.Name).Bounds(lower, upper)
            : candidate.NoBest is { } none ? ReportText.Words(none)
            : null;
        var best = candidate switch
        {
            { IsBest: true } => "yes, alone",
            { MayBeBest: true } => "yes",
            { MayBeBest: false } => "no",
            _ => null,
        };
        return new Row(
            ReportSource.Shorten(candidate.Model),
            [ReportText.Value(line), .. compared, fromBest, best, ReportText.Count(candidate.Samples)]
        );
    }

    private static string CaptionOf(CandidatesSummary candidates, CandidatesNumber number)
    {
        var slice = number.Slice == MetricReport.AllSamples ? "" : $" in {number.Slice}";
        var baseline = number.Baseline is { } value ? $", {candidates.Baseline} {ReportText.TextOf(number.Name).Value(value)}" : "";
        return number.Name + slice + (number.HigherIsBetter ? "" : ", less is better") + baseline;
    }

    private static string Explain(CandidatesSummary candidates) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The intervals of one number hold for all {candidates.Tried} candidates together at {new NumberText(MetricUnit.Share).Bound(candidates.Level)}, and p-values are corrected for as many. A candidate that may be the best is not distinguishable from the best one; the order of those says nothing."
        );
}
