namespace FunctionsEval.Core.Tests.Golden.Reference;

/// <summary>Mean and spread of a series, and of groups of series, as lm-evaluation-harness 0.4 reports them. Reference vectors
/// hold them; no metric needs them.</summary>
internal static class SampleMoments
{
    /// <summary>The arithmetic mean; NaN for none.</summary>
    public static double Mean(IReadOnlyList<double> values)
    {
        return values.Sum() / values.Count;
    }

    /// <summary>The standard deviation of the values as all there are (divides by n); NaN for none.</summary>
    public static double PopulationStandardDeviation(IReadOnlyList<double> values) => Math.Sqrt(SumOfSquares(values) / values.Count);

    /// <summary>The standard deviation of the values as a sample (divides by n − 1); NaN for fewer than two.</summary>
    public static double StandardDeviation(IReadOnlyList<double> values) => Math.Sqrt(SumOfSquares(values) / (values.Count - 1));

    /// <summary>The standard error of the mean; NaN for fewer than two.</summary>
    public static double StandardError(IReadOnlyList<double> values) => StandardDeviation(values) / Math.Sqrt(values.Count);

    /// <summary>The upper median: the value at n ÷ 2 of the sorted values; NaN for none.</summary>
    public static double UpperMedian(IReadOnlyList<double> values)
    {
        return values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);
    }

    /// <summary>The mean of group means, weighted by group size.</summary>
    public static double WeightedMean(IReadOnlyList<double> means, IReadOnlyList<int> sizes) =>
        means.Zip(sizes, (mean, size) => mean * size).Sum() / sizes.Sum(size => (double)size);

    /// <summary>
    /// The standard error of that mean from the groups' own, by pooled variance: √(Σ (n − 1) n e² ÷ (Σ n − groups) ÷ Σ n).
    /// </summary>
    public static double PooledStandardError(IReadOnlyList<double> standardErrors, IReadOnlyList<int> sizes)
    {
        var total = sizes.Sum(size => (double)size);
        var squares = standardErrors.Zip(sizes, (error, size) => (size - 1.0) * size * error * error).Sum();
        return Math.Sqrt(squares / (total - sizes.Count) / total);
    }

    private static double SumOfSquares(IReadOnlyList<double> values)
    {
        var mean = Mean(values);
        return values.Sum(value => (value - mean) * (value - mean));
    }
}
