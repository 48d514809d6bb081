using System.Globalization;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>A difference's interval around zero, on a scale of its own. Coordinates are in the chart's own units.</summary>
/// <param name="Label">The interval in words.</param>
/// <param name="Lower">Where it begins.</param>
/// <param name="Upper">Where it ends.</param>
/// <param name="Difference">Where the difference is.</param>
internal sealed record DifferenceChart(string Label, string Lower, string Upper, string Difference) : ReportBlock
{
    private const double HalfWidth = 80;

    public override string Template => "difference_chart";

    /// <summary>The chart; null for a difference without an interval.</summary>
    public static DifferenceChart? From(MetricValue line)
    {
        if (line is not { Difference: { } difference, DifferenceLower: { } lower, DifferenceUpper: { } upper })
        {
            return null;
        }

        var reach = Math.Max(1e-12, Math.Max(Math.Abs(lower), Math.Abs(upper))) * 1.1;
        string X(double value) => (HalfWidth + (value / reach * HalfWidth)).ToString("0.#", CultureInfo.InvariantCulture);
        return new DifferenceChart(
            string.Create(CultureInfo.InvariantCulture, $"{lower:0.####} to {upper:0.####}"),
            X(lower),
            X(upper),
            X(difference)
        );
    }
}
