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

    /// <summary>Adjusts the p-values of several families of hypotheses, each family on its own.</summary>
    /// <param name="items">The hypotheses, of all families.</param>
    /// <param name="pValue">A hypothesis's p-value; null for one that takes no part.</param>
    /// <param name="family">What the hypotheses of one family have in common.</param>
    /// <returns>The adjusted p-values, in the order of the items; null for those that take no part.</returns>
    public static double?[] AdjustFamilies<T, TFamily>(IReadOnlyList<T> items, Func<T, double?> pValue, Func<T, TFamily> family)
    {
        ArgumentNullException.ThrowIfNull(items);
        var adjusted = new double?[items.Count];
        var members = items
            .Select((item, index) => (Item: item, Index: index, PValue: pValue(item)))
            .Where(member => member.PValue is not null)
            .GroupBy(member => family(member.Item))
            .Select(group => group.ToArray());
        foreach (var group in members)
        {
            var values = Adjust([.. group.Select(member => member.PValue!.Value)]);
            for (var i = 0; i < group.Length; i++)
            {
                adjusted[group[i].Index] = values[i];
            }
        }

        return adjusted;
    }
}
