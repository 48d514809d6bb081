using System.Globalization;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Shares of answers over an amount that grows by tens, from the smallest to the largest there is.</summary>
/// <param name="Label">What it shows, and from where to where.</param>
/// <param name="Bars">The bars that are not empty.</param>
/// <param name="Low">Where it begins.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Right">Where the text of its end ends.</param>
internal sealed record HistogramChart(string Label, IReadOnlyList<HistogramBar> Bars, string Low, string High, string Right) : ReportBlock
{
    private const double Width = 240;
    private const double Height = 40;
    private const int MaxBars = 40;

    public override string Template => "histogram_chart";

    /// <summary>The chart; null for nothing that was measured.</summary>
    /// <param name="amounts">The amounts.</param>
    /// <param name="name">What they are.</param>
    /// <param name="text">An amount as people read it.</param>
    public static HistogramChart? From(GeometricHistogram amounts, string name, Func<double, string> text)
    {
        if (amounts.Buckets.Count == 0)
        {
            return null;
        }

        var (first, last) = (amounts.Buckets.Keys.First(), amounts.Buckets.Keys.Last());
        var perBar = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)MaxBars));
        var counts = new long[((last - first) / perBar) + 1];
        foreach (var (bucket, count) in amounts.Buckets)
        {
            counts[(bucket - first) / perBar] += count;
        }

        var (width, highest) = (Math.Min(Width / counts.Length, 12), counts.Max());
        var (low, high) = (text(GeometricHistogram.LowerEdge(first)), text(GeometricHistogram.LowerEdge(last + 1)));
        return new HistogramChart(
            $"{name}: from {low} to {high}",
            [
                .. counts
                    .Index()
                    .Where(bar => bar.Item > 0)
                    .Select(bar => HistogramBar.From(bar.Index * width, width, Math.Max(1, Height * bar.Item / highest), Height)),
            ],
            low,
            high,
            Math.Max(90, counts.Length * width).ToString("0", CultureInfo.InvariantCulture)
        );
    }
}

/// <summary>A bar of a histogram.</summary>
internal sealed record HistogramBar(string X, string Y, string Width, string Height)
{
    public static HistogramBar From(double x, double width, double height, double chartHeight) =>
        new(Units(x), Units(chartHeight - height), Units(Math.Max(1, width - 1)), Units(height));

    private static string Units(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
