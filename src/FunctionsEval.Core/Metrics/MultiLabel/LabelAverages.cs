namespace FunctionsEval.Core.Metrics.MultiLabel;

/// <summary>Averages of a number of each label over the labels, as scikit-learn takes them.</summary>
internal static class LabelAverages
{
    /// <summary>The mean over all labels for which the number is defined.</summary>
    /// <param name="numbers">By label.</param>
    /// <param name="step">Where the next label's number is.</param>
    public static double Macro(ReadOnlySpan<double> numbers, int step) => Mean(numbers, step, []);

    /// <summary>The mean over the labels, weighted by <paramref name="weights"/>; NaN where they sum to 0.</summary>
    /// <param name="numbers">By label.</param>
    /// <param name="step">Where the next label's number is.</param>
    /// <param name="weights">By label; empty for equal weights.</param>
    public static double Mean(ReadOnlySpan<double> numbers, int step, ReadOnlySpan<double> weights)
    {
        double sum = 0,
            total = 0;
        for (var (at, label) = (0, 0); at < numbers.Length; at += step, label++)
        {
            if (!double.IsNaN(numbers[at]))
            {
                var weight = weights.IsEmpty ? 1 : weights[label];
                sum += weight * numbers[at];
                total += weight;
            }
        }

        return sum / total;
    }
}
