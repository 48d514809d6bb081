using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Writes the lines of one headline number on its axis.</summary>
/// <param name="number">The number.</param>
internal sealed class TrackWriter(HeadlineNumber number)
{
    private readonly PlotScale? _scale = number.Axis is { } axis ? new PlotScale(number.Label, axis) : null;

    /// <summary>The axis' texts; empty where nothing is defined.</summary>
    public IReadOnlyList<PlotTick> Ticks => _scale?.Ticks(100) ?? [];

    /// <summary>What the gate asks, in words, each with a mark that says how it came out.</summary>
    public IEnumerable<string> Limits =>
        new[] { number.Bound, number.Margin }.OfType<HeadlineBound>().Select(bound => $"┆ {bound.Text}{ResultOf(bound.Result)}");

    /// <summary>A line: the axis, the gate's limits, then the number with its interval.</summary>
    /// <param name="name">Whose number it is.</param>
    /// <param name="kind">The form of the number's mark.</param>
    /// <param name="figure">The number.</param>
    public Track Write(string name, string kind, NumberFigure figure)
    {
        var label = $"{name}: {figure.Text}{(figure.IntervalText is { } interval ? $", {interval}" : "")}";
        return new Track(label, _scale is { } scale ? [.. MarksOf(scale, kind, figure)] : []);
    }

    /// <summary>The line with a number to compare with, below the other marks.</summary>
    public Track WithReference(Track track, double reference) =>
        _scale is { } scale ? track with { Marks = [new TrackMark("reference", scale.Percent(reference)), .. track.Marks] } : track;

    private IEnumerable<TrackMark> MarksOf(PlotScale scale, string kind, NumberFigure figure)
    {
        foreach (var tick in Ticks)
        {
            yield return new TrackMark("grid", tick.X);
        }

        foreach (var bound in new[] { number.Bound, number.Margin })
        {
            if (bound?.Limit is { } limit)
            {
                yield return new TrackMark("bound", scale.Percent(limit));
            }
        }

        if (figure is { Lower: { } lower, Upper: { } upper })
        {
            yield return new TrackMark("range", scale.Percent(lower), scale.Percent(upper));
        }

        if (figure.Value is { } value)
        {
            yield return new TrackMark(kind, scale.Percent(value));
        }
    }

    private static string ResultOf(VerdictResult? result) => result is { } known ? $" {VerdictView.SignOf(known)}" : "";
}
