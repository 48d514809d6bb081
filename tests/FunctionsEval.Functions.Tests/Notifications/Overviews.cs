using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>Overviews for notifications.</summary>
internal static class Overviews
{
    /// <summary>One with as many numbers as there can be, all of a class of this name.</summary>
    public static RunOverview With(string name) =>
        new()
        {
            RunId = "ev-1",
            Dataset = "s/test.jsonl",
            Status = RunStatus.Completed,
            Models = new OverviewModels(name, name),
            Title = name,
            Headline = [.. Enumerable.Repeat(Number(name), RunOverview.MaxHeadline)],
            Worse = [.. Enumerable.Repeat(Change(name), RunOverview.MaxWorse)],
            Previous = new OverviewPrevious("ev-0") { Worse = [.. Enumerable.Repeat(Change(name), RunOverview.MaxWorse)] },
        };

    private static HeadlineNumber Number(string name) =>
        new()
        {
            Name = name,
            Slice = name,
            Label = name,
            Unit = MetricUnit.Share,
            HigherIsBetter = true,
            Samples = 10,
            Sentence = $"{name} 92.0 %",
            Candidate = new NumberFigure(name) { Value = 0.92 },
            Difference = new DifferenceFigure(name),
        };

    private static OverviewChange Change(string name) =>
        new()
        {
            Kind = "class",
            Metric = "recall",
            Subject = name,
            Name = name,
            Slice = name,
            Label = $"Recall of {name}",
            From = new NumberFigure("85 %"),
            To = new NumberFigure("35 %"),
            Difference = new DifferenceFigure(name),
            Samples = 40,
            IsClear = true,
        };
}
