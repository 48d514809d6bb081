using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using System.Globalization;
using System.Text;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>Small charts as inline SVG, each with its numbers as a label.</summary>
internal static class SvgCharts
{
    private const double DifferenceWidth = 160;
    private const double PlotSize = 260;
    private const double HistogramWidth = 240;
    private const int HistogramBars = 40;

    /// <summary>A difference's interval around zero, on a scale of its own; empty without one.</summary>
    public static string Difference(MetricValue line)
    {
        if (line is not { Difference: { } difference, DifferenceLower: { } lower, DifferenceUpper: { } upper })
        {
            return "–";
        }

        var reach = Math.Max(1e-12, Math.Max(Math.Abs(lower), Math.Abs(upper))) * 1.1;
        double X(double value) => (DifferenceWidth / 2) + (value / reach * DifferenceWidth / 2);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg class=\"difference\" viewBox=\"0 0 {DifferenceWidth:0} 16\" role=\"img\" aria-label=\"{lower:0.####} to {upper:0.####}\">"
                + $"<line class=\"zero\" x1=\"{DifferenceWidth / 2:0}\" x2=\"{DifferenceWidth / 2:0}\" y1=\"1\" y2=\"15\"/>"
                + $"<line class=\"interval\" x1=\"{X(lower):0.#}\" x2=\"{X(upper):0.#}\" y1=\"8\" y2=\"8\"/>"
                + $"<circle cx=\"{X(difference):0.#}\" cy=\"8\" r=\"3.5\"/></svg>"
        );
    }

    /// <summary>A value between 0 and 1 as a bar, with the baseline's as a line across.</summary>
    public static string Bar(double value, double? baseline)
    {
        var mark = baseline is { } other
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"<line class=\"mark\" x1=\"{other * 100:0.#}\" x2=\"{other * 100:0.#}\" y1=\"0\" y2=\"10\"/>"
            )
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\"/><rect class=\"value\" width=\"{Math.Clamp(value, 0, 1) * 100:0.#}\" height=\"10\"/>{mark}</svg>"
        );
    }

    /// <summary>Shares of answers over an amount that grows by tens, from the smallest to the largest there is.</summary>
    public static string Histogram(GeometricHistogram amounts, string name)
    {
        if (amounts.Buckets.Count == 0)
        {
            return "–";
        }

        var (first, last) = (amounts.Buckets.Keys.First(), amounts.Buckets.Keys.Last());
        var perBar = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)HistogramBars));
        var bars = new long[((last - first) / perBar) + 1];
        foreach (var (bucket, count) in amounts.Buckets)
        {
            bars[(bucket - first) / perBar] += count;
        }

        var (width, highest) = (Math.Min(HistogramWidth / bars.Length, 12), bars.Max());
        var (low, high) = (Amount(GeometricHistogram.LowerEdge(first)), Amount(GeometricHistogram.LowerEdge(last + 1)));
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"histogram\" viewBox=\"0 0 {HistogramWidth:0} 56\" role=\"img\" aria-label=\"{name}: from {low} to {high}\">"
        );
        for (var bar = 0; bar < bars.Length; bar++)
        {
            var height = bars[bar] == 0 ? 0 : Math.Max(1, 40.0 * bars[bar] / highest);
            if (height > 0)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect class=\"value\" x=\"{bar * width:0.#}\" y=\"{40 - height:0.#}\" width=\"{Math.Max(1, width - 1):0.#}\" height=\"{height:0.#}\"/>"
                );
            }
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"0\" y=\"54\">{low}</text><text x=\"{Math.Max(60, bars.Length * width):0}\" y=\"54\" text-anchor=\"end\">{high}</text></svg>"
        );
        return svg.ToString();

        static string Amount(double value) => value.ToString(value < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
    }

    /// <summary>A dot for every row of a table, in a square from 0 to 1.</summary>
    public static string Plot(MetricTable table, TablePlot plot)
    {
        var (xs, ys, weights) = (table.Column(plot.X), table.Column(plot.Y), table.Column(plot.Weight));
        var total = Math.Max(1, weights.Sum());
        var described = string.Join(
            "; ",
            table.Rows.Select(
                (_, row) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{plot.XName} {xs[row]:0.00}, {plot.YName} {ys[row]:0.00}, {weights[row]:0} {plot.WeightName}"
                    )
            )
        );
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"plot\" viewBox=\"-34 -8 {PlotSize + 44:0} {PlotSize + 42:0}\" role=\"img\" aria-label=\"{table.Kind.Title}: {described}\">"
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"frame\" width=\"{PlotSize:0}\" height=\"{PlotSize:0}\"/><line class=\"zero\" x1=\"0\" y1=\"{PlotSize:0}\" x2=\"{PlotSize:0}\" y2=\"0\"/>"
        );
        foreach (var tick in new[] { 0, 0.5, 1 })
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{tick * PlotSize:0}\" y=\"{PlotSize + 16:0}\" text-anchor=\"middle\">{tick:0.#}</text>"
            );
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"-6\" y=\"{PlotSize - (tick * PlotSize) + 4:0}\" text-anchor=\"end\">{tick:0.#}</text>"
            );
        }

        for (var row = 0; row < table.Rows.Count; row++)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle cx=\"{xs[row] * PlotSize:0.#}\" cy=\"{PlotSize - (ys[row] * PlotSize):0.#}\" r=\"{3 + (14 * Math.Sqrt(weights[row] / total)):0.#}\"/>"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{PlotSize / 2:0}\" y=\"{PlotSize + 30:0}\" text-anchor=\"middle\">{plot.XName}</text></svg>\n"
        );
        return svg.ToString();
    }
}
