using System.Globalization;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>A table as dots in a square from 0 to 1, one a row.</summary>
/// <param name="Label">The dots in words.</param>
/// <param name="XAxis">What the horizontal axis is called.</param>
/// <param name="Dots">The dots.</param>
internal sealed record ScatterPlot(string Label, string XAxis, IReadOnlyList<PlottedDot> Dots) : ReportBlock
{
    private const double Size = 260;

    public override string Template => "scatter_plot";

    public static ScatterPlot From(MetricTable table, TablePlot plot)
    {
        var (xs, ys, weights) = (table.Column(plot.X), table.Column(plot.Y), table.Column(plot.Weight));
        var total = Math.Max(1, weights.Sum());
        return new ScatterPlot(
            $"{table.Kind.Title}: " + string.Join("; ", table.Rows.Select((_, row) => Describe(plot, xs[row], ys[row], weights[row]))),
            plot.XName,
            [
                .. table.Rows.Select(
                    (_, row) =>
                        new PlottedDot(
                            Units(xs[row] * Size),
                            Units(Size - (ys[row] * Size)),
                            Units(3 + (14 * Math.Sqrt(weights[row] / total)))
                        )
                ),
            ]
        );
    }

    private static string Describe(TablePlot plot, double x, double y, double weight) =>
        string.Create(CultureInfo.InvariantCulture, $"{plot.XName} {x:0.00}, {plot.YName} {y:0.00}, {weight:0} {plot.WeightName}");

    private static string Units(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>A row of the table: where its dot is, and how large.</summary>
internal sealed record PlottedDot(string X, string Y, string Radius);
