namespace FunctionsEval.Core.Metrics.Calibration;

/// <summary>The predictions whose confidence falls in one bin.</summary>
/// <param name="Index">Bin number from 0; bin i of n holds confidences over i/n up to and with (i + 1)/n.</param>
/// <param name="Count">How many.</param>
/// <param name="AverageConfidence">Their mean confidence.</param>
/// <param name="Accuracy">The share that was correct.</param>
internal sealed record CalibrationBin(int Index, long Count, double AverageConfidence, double Accuracy);

/// <summary>
/// How far confidence and accuracy lie apart over equal-width bins (Guo, Pleiss, Sun and Weinberger, ICML 2017). A confidence of
/// exactly 0 falls in no bin, as in the authors' implementation, but counts in the total.
/// </summary>
/// <param name="Expected">Mean gap, weighted by the bins' share of all predictions (ECE); 0–1.</param>
/// <param name="Maximum">Largest gap (MCE); 0–1.</param>
/// <param name="RootMeanSquare">Root of the weighted mean squared gap; 0–1.</param>
/// <param name="Bins">The bins that are not empty.</param>
internal sealed record CalibrationError(double Expected, double Maximum, double RootMeanSquare, IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>Computes the errors; NaN for no predictions.</summary>
    /// <param name="bins">The bins that are not empty.</param>
    /// <param name="predictions">How many predictions there are, those in no bin included.</param>
    public static CalibrationError From(IReadOnlyList<CalibrationBin> bins, long predictions)
    {
        double Weighted(Func<double, double> ofGap) =>
            bins.Sum(bin => bin.Count * ofGap(Math.Abs(bin.Accuracy - bin.AverageConfidence))) / predictions;
        return new CalibrationError(
            Weighted(gap => gap),
            predictions == 0 ? double.NaN : bins.Select(bin => Math.Abs(bin.Accuracy - bin.AverageConfidence)).DefaultIfEmpty(0).Max(),
            Math.Sqrt(Weighted(gap => gap * gap)),
            bins
        );
    }

    /// <summary>The bin of a confidence, from 0; −1 for a confidence of 0, which is in none.</summary>
    public static int FindBin(double confidence, int binCount)
    {
        for (var bin = 0; bin < binCount; bin++)
        {
            if (confidence > bin / (double)binCount && confidence <= (bin + 1) / (double)binCount)
            {
                return bin;
            }
        }

        return -1;
    }
}
