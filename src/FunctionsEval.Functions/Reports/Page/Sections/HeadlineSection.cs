using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Reports.Page.Charts;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>The headline numbers as intervals: candidate, baseline and previous run on one axis, with what the gate asks.</summary>
internal static class HeadlineSection
{
    public static ReportSection? Create(ReportSource source) =>
        source.Overview.Headline is { Count: > 0 } numbers
            ? new ReportSection("headline", "Headline", [.. numbers.Select(number => PlotOf(source, number))])
            : null;

    private static IntervalPlot PlotOf(ReportSource source, HeadlineNumber number)
    {
        var tracks = new TrackWriter(number);
        List<PlotLine> lines =
        [
            new(
                source.Candidate,
                "candidate",
                number.Candidate.Text,
                number.Candidate.IntervalText ?? number.NoInterval,
                "series-0",
                tracks.Write(source.Candidate, "mark", number.Candidate)
            ),
        ];
        if (number.Baseline is { } baseline)
        {
            lines.Add(
                new PlotLine(
                    source.Baseline,
                    "baseline",
                    baseline.Text,
                    baseline.IntervalText,
                    "series-1",
                    tracks.Write(source.Baseline, "hollow", baseline)
                )
            );
        }

        if (number.Previous is { } previous)
        {
            lines.Add(
                new PlotLine(
                    "previous run",
                    null,
                    previous.Text,
                    previous.Difference is { } since ? $"now {ReportText.Change(since, hasInterval: false)}" : null,
                    "series-4",
                    tracks.Write("previous run", "hollow", new NumberFigure(previous.Text) { Value = previous.Value })
                )
            );
        }

        return new IntervalPlot(
            number.Label,
            number.Sentence.StartsWith(number.Label, StringComparison.Ordinal)
                ? number.Sentence[number.Label.Length..].TrimStart()
                : number.Sentence,
            lines,
            tracks.Ticks,
            [
                .. tracks.Limits,
                .. number.SameAs is { Count: > 0 } same ? [$"the same number: {string.Join(", ", same)}"] : Array.Empty<string>(),
            ]
        );
    }
}
