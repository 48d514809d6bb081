namespace FunctionsEval.Functions.Reports.Page.Charts;

/// <summary>The order of a confusion matrix in which labels that are taken for each other stand beside each other.</summary>
internal static class ConfusionOrder
{
    /// <summary>
    /// The labels' indices: the one with most errors first, then always the one that is confused most with those before it. Labels without
    /// an error come last, in their own order.
    /// </summary>
    /// <param name="counts">A row a true label, a column a predicted one; further columns are no labels.</param>
    public static IReadOnlyList<int> Create(IReadOnlyList<IReadOnlyList<double>> counts)
    {
        var size = counts.Count;
        var errors = new double[size];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < counts[row].Count; column++)
            {
                if (row != column)
                {
                    errors[row] += counts[row][column];
                    errors[Math.Min(column, size - 1)] += column < size ? counts[row][column] : 0;
                }
            }
        }

        var (order, tied, isPlaced) = (new List<int>(size), new double[size], new bool[size]);
        while (order.Count < size)
        {
            var next = -1;
            for (var label = 0; label < size; label++)
            {
                if (!isPlaced[label] && (next < 0 || (tied[label], errors[label]).CompareTo((tied[next], errors[next])) > 0))
                {
                    next = label;
                }
            }

            isPlaced[next] = true;
            order.Add(next);
            for (var label = 0; label < size; label++)
            {
                tied[label] += label == next ? 0 : counts[label][next] + counts[next][label];
            }
        }

        return order;
    }
}
