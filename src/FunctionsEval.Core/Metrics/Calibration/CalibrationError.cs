namespace FunctionsEval.Core.Metrics.Calibration;

/// <summary>The predictions whose confidence falls in one bin.</summary>
/// <param name="Index">Bin number from 0; bin i of n holds confidences over i/n up to and with (i + 1)/n.</param>
/// <param name="Count">How many.</param>
/// <param name="AverageConfidence">Their mean confidence.</param>
/// <param name="Accuracy">The share that was correct.</param>
public sealed record CalibrationBin(int Index, int Count, double AverageConfidence, double Accuracy);

/// <summary>
/// How far confidence and accuracy lie apart over equal-width bins (Guo, Pleiss, Sun and Weinberger, ICML 2017). A confidence of
/// exactly 0 falls in no bin, as in the authors' implementation, but counts in the total.
/// </summary>
/// <param name="Expected">Mean gap, weighted by the bins' share of all predictions (ECE); 0–1.</param>
/// <param name="Maximum">Largest gap (MCE); 0–1.</param>
/// <param name="RootMeanSquare">Root of the weighted mean squared gap; 0–1.</param>
/// <param name="Bins">The bins that are not empty.</param>
public sealed record CalibrationError(double Expected, double Maximum, double RootMeanSquare, IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>Computes the errors; NaN for no predictions.</summary>
    /// <param name="confidences">The confidence of each prediction, 0–1.</param>
    /// <param name="correct">Whether each prediction was correct.</param>
    /// <param name="binCount">How many bins, at least 1; 15 is usual.</param>
    public static CalibrationError Compute(IReadOnlyList<double> confidences, IReadOnlyList<bool> correct, int binCount = 15)
    {
        ArgumentNullException.ThrowIfNull(confidences);
        ArgumentNullException.ThrowIfNull(correct);
        ArgumentOutOfRangeException.ThrowIfLessThan(binCount, 1);
        if (confidences.Count != correct.Count)
        {
            throw new ArgumentException($"{confidences.Count} confidences but {correct.Count} predictions.", nameof(correct));
        }

        var counts = new int[binCount];
        var confidenceSums = new double[binCount];
        var hits = new int[binCount];
        for (var i = 0; i < confidences.Count; i++)
        {
            var bin = FindBin(confidences[i], binCount);
            if (bin >= 0)
            {
                counts[bin]++;
                confidenceSums[bin] += confidences[i];
                hits[bin] += correct[i] ? 1 : 0;
            }
        }

        var bins = Enumerable.Range(0, binCount).Where(bin => counts[bin] > 0)
            .Select(bin => new CalibrationBin(bin, counts[bin], confidenceSums[bin] / counts[bin], (double)hits[bin] / counts[bin])).ToList();
        double Weighted(Func<double, double> ofGap) =>
            bins.Sum(bin => bin.Count * ofGap(Math.Abs(bin.Accuracy - bin.AverageConfidence))) / confidences.Count;
        return new CalibrationError(
            Weighted(gap => gap),
            confidences.Count == 0 ? double.NaN : bins.Select(bin => Math.Abs(bin.Accuracy - bin.AverageConfidence)).DefaultIfEmpty(0).Max(),
            Math.Sqrt(Weighted(gap => gap * gap)),
            bins);
    }

    private static int FindBin(double confidence, int binCount)
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
