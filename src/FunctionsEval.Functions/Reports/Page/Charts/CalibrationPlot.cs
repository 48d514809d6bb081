using System.Globalization;
using FunctionsEval.Core.Metrics.Calibration;

namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>Accuracy over confidence, a dot a bin.</summary>
/// <param name="Label">The dots in words.</param>
/// <param name="Dots">The dots.</param>
internal sealed record CalibrationPlot(string Label, IReadOnlyList<CalibrationDot> Dots) : ReportBlock
{
    private const double Size = 260;

    public override string Template => "calibration_plot";

    public static CalibrationPlot From(IReadOnlyList<CalibrationBin> bins)
    {
        var total = Math.Max(1, bins.Sum(bin => bin.Count));
        return new CalibrationPlot(
            "Calibration: " + string.Join("; ", bins.Select(Describe)),
            [
                .. bins.Select(bin => new CalibrationDot(
                    Units(bin.AverageConfidence * Size),
                    Units(Size - (bin.Accuracy * Size)),
                    Units(3 + (14 * Math.Sqrt((double)bin.Count / total)))
                )),
            ]
        );
    }

    private static string Describe(CalibrationBin bin) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"confidence {bin.AverageConfidence:0.00}, accuracy {bin.Accuracy:0.00}, {bin.Count} samples"
        );

    private static string Units(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}

/// <summary>A bin: where its dot is, and how large.</summary>
internal sealed record CalibrationDot(string X, string Y, string Radius);
