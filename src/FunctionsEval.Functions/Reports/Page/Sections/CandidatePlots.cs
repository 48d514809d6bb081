using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The headline numbers of all candidates, each number on one axis, the best candidate first.</summary>
internal static class CandidatePlots
{
    public static IEnumerable<IntervalPlot> Create(ReportSource source, IReadOnlyList<OverviewCandidate> candidates) =>
        candidates
            .SelectMany(candidate => candidate.Headline.Select(number => (Candidate: candidate, Number: number)))
            .GroupBy(line => (line.Number.Name, line.Number.Slice))
            .Select(lines => PlotOf(source, [.. lines]));

    private static IntervalPlot PlotOf(ReportSource source, List<(OverviewCandidate Candidate, HeadlineNumber Number)> lines)
    {
        var first = lines[0].Number;
        var baseline = lines.Select(line => line.Number.Baseline).FirstOrDefault(figure => figure is not null);
        var ordered = lines
            .OrderByDescending(line => line.Candidate.IsRecommended)
            .ThenByDescending(line => (line.Number.Candidate.Value ?? double.NaN) * (first.HigherIsBetter ? 1 : -1))
            .Select(line => LineOf(line.Candidate, line.Number, baseline))
            .ToList();
        if (baseline is not null)
        {
            ordered.Add(
                new PlotLine(
                    source.Baseline,
                    "baseline",
                    baseline.Text,
                    baseline.IntervalText,
                    "series-1",
                    new TrackWriter(first).Write(source.Baseline, "hollow", baseline)
                )
            );
        }

        return new IntervalPlot(
            first.Label,
            null,
            ordered,
            new TrackWriter(first).Ticks,
            [
                .. new TrackWriter(first).Limits,
                .. baseline is null
                    ? Array.Empty<string>()
                    :
                    [
                        $"A bar without an interval of its own is that of the difference from {source.Baseline}, whose number is the long line.",
                    ],
            ]
        );
    }

    /// <summary>A candidate's number; one without an interval of its own has that of its difference, drawn from the baseline's number.</summary>
    private static PlotLine LineOf(OverviewCandidate candidate, HeadlineNumber number, NumberFigure? baseline)
    {
        var figure = number.Candidate;
        var difference = number.Difference;
        if (figure.Lower is null && difference is { Lower: { } lower, Upper: { } upper } && baseline?.Value is { } from)
        {
            figure = figure with { Lower = from + lower, Upper = from + upper };
        }

        var track = new TrackWriter(number).Write(candidate.Model, "mark", figure);
        if (baseline?.Value is { } reference)
        {
            track = new TrackWriter(number).WithReference(track, reference);
        }

        return new PlotLine(
            ReportSource.Shorten(candidate.Model),
            RoleOf(candidate),
            figure.Text,
            difference is null ? figure.IntervalText ?? number.NoInterval : ReportText.Change(difference),
            "series-0",
            track
        );
    }

    private static string? RoleOf(OverviewCandidate candidate)
    {
        var verdict = candidate.Verdict is { } result ? $"{VerdictView.SignOf(result)} {VerdictNames.NameOf(result)}" : null;
        return string.Join(", ", new[] { verdict, candidate.IsRecommended ? "recommended" : null }.OfType<string>());
    }
}
