using System.Globalization;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>A value between 0 and 1 as a bar of 100 units.</summary>
/// <param name="Width">The bar's width.</param>
/// <param name="Mark">Where the baseline's line is; null without a baseline.</param>
internal sealed record BarChart(string Width, string? Mark) : ReportBlock
{
    public override string Template => "bar_chart";

    public static BarChart From(double value, double? baseline) =>
        new(Units(Math.Clamp(value, 0, 1)), baseline is { } other ? Units(other) : null);

    private static string Units(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture);
}
