using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Quality over cost: a dot a candidate, with its number in the legend.</summary>
internal static class TradeOffPlot
{
    /// <summary>The plot of the first headline number; null where fewer than two candidates have the number and a cost.</summary>
    public static ScatterPlot? Find(ReportSource source, IReadOnlyList<OverviewCandidate> candidates)
    {
        var costs = (source.Summary.Members ?? [])
            .DistinctBy(member => member.RunId)
            .ToDictionary(member => member.RunId, member => member.Cost);
        List<(string Model, HeadlineNumber Number, double Value, double Cost)> dots =
        [
            .. candidates
                .Where(candidate =>
                    candidate.Headline is [{ Candidate.Value: not null, Axis: not null }, ..]
                    && costs.GetValueOrDefault(candidate.RunId) is not null
                )
                .Select(candidate =>
                    (
                        candidate.Model,
                        candidate.Headline[0],
                        candidate.Headline[0].Candidate.Value!.Value,
                        (double)costs[candidate.RunId]!.Value
                    )
                ),
        ];
        if (dots.Count < 2 || dots.Max(dot => dot.Cost) <= 0)
        {
            return null;
        }

        var number = dots[0].Number;
        var plot = new ScatterPlot(
            $"{string.Join("; ", dots.Select((dot, place) => $"{place + 1}: {ReportSource.Shorten(dot.Model)}"))}.",
            new PlotScale("cost", CostAxis(source, dots.Max(dot => dot.Cost))),
            new PlotScale(number.Label, number.Axis!),
            []
        );
        return plot with
        {
            Dots =
            [
                .. dots.Select(
                    (dot, place) =>
                        plot.Dot(
                            dot.Cost,
                            dot.Value,
                            5,
                            "series-0",
                            $"{dot.Model}: {dot.Number.Candidate.Text}, {source.Money(dot.Cost)}",
                            $"{place + 1}"
                        )
                ),
            ],
        };
    }

    /// <summary>From nothing to a little more than the highest cost, which has its text.</summary>
    private static NumberAxis CostAxis(ReportSource source, double highest) =>
        new(0, highest * 1.1, IsLogarithmic: false, [new AxisTick(0, NumberText.Count(0)), new AxisTick(highest, source.Money(highest))]);
}
