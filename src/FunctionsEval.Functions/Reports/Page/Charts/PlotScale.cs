using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Where values are on an axis. The axis, its ticks and their texts are Core's.</summary>
/// <param name="Name">What the axis is of.</param>
/// <param name="Axis">The axis.</param>
internal sealed record PlotScale(string Name, NumberAxis Axis)
{
    /// <summary>Shares from 0 to 100 %.</summary>
    public static PlotScale OfShares(string name) =>
        new(
            name,
            new NumberAxis(
                0,
                1,
                IsLogarithmic: false,
                [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => new AxisTick(share, new NumberText(MetricUnit.Share).Bound(share)))]
            )
        );

    /// <summary>Where a value is, from 0 to 1; one beyond the axis is at its end.</summary>
    public double Place(double value)
    {
        var (from, to, at) = Axis.IsLogarithmic
            ? (Math.Log10(Axis.Minimum), Math.Log10(Axis.Maximum), Math.Log10(Math.Max(value, Axis.Minimum)))
            : (Axis.Minimum, Axis.Maximum, value);
        var place = (at - from) / (to - from);
        return double.IsFinite(place) ? Math.Clamp(place, 0, 1)
            : value > Axis.Minimum ? 1
            : 0;
    }

    /// <summary>Where a value is, %.</summary>
    public string Percent(double value) => Units(Place(value) * 100);

    /// <summary>The ticks, the texts of the outermost within the axis.</summary>
    /// <param name="length">The axis' length: 100 for %.</param>
    /// <param name="fromTop">Whether places are counted from the end.</param>
    public IReadOnlyList<PlotTick> Ticks(double length, bool fromTop = false) =>
        [
            .. Axis.Ticks.Select(tick =>
            {
                var place = Place(tick.Value);
                return new PlotTick(
                    Units((fromTop ? 1 - place : place) * length),
                    place < 0.08 ? "start"
                        : place > 0.92 ? "end"
                        : "middle",
                    tick.Text
                );
            }),
        ];

    /// <summary>A coordinate.</summary>
    public static string Units(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
