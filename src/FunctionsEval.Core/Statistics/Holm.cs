namespace FunctionsEval.Core.Statistics;

/// <summary>Holm's step-down correction for testing several hypotheses at once (Scandinavian Journal of Statistics 6, 1979).</summary>
public static class Holm
{
    /// <summary>Adjusted p-values, in the order given: the largest of (m − rank + 1) × p up to each rank, at most 1.</summary>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        var sorted = pValues.ToArray();
        var order = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, order);
        var adjusted = new double[sorted.Length];
        var largest = 0.0;
        for (var rank = 0; rank < sorted.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (sorted.Length - rank) * sorted[rank]));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}
