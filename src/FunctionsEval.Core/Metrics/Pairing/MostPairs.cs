namespace FunctionsEval.Core.Metrics.Pairing;

/// <summary>
/// As many pairs of rows and columns that agree as there can be, each in one pair at most: augmenting paths (Berge 1957, Kuhn 1955). How
/// many there are does not depend on the order of rows and columns.
/// </summary>
internal static class MostPairs
{
    /// <summary>
    /// Rows × columns up to which pairs are exchanged for more pairs. Beyond, each row takes the first column that is left.
    /// </summary>
    public const long MaxExchanged = 1L << 20;

    /// <summary>Finds the pairs.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="agree">Whether a row and a column agree.</param>
    /// <returns>The column of each row; −1 for a row without one.</returns>
    public static int[] Find(int rows, int columns, Func<int, int, bool> agree)
    {
        var columnOf = Enumerable.Repeat(-1, rows).ToArray();
        var rowOf = Enumerable.Repeat(-1, columns).ToArray();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns && columnOf[row] < 0; column++)
            {
                if (rowOf[column] < 0 && agree(row, column))
                {
                    (columnOf[row], rowOf[column]) = (column, row);
                }
            }
        }

        if ((long)rows * columns <= MaxExchanged && Array.IndexOf(columnOf, -1) >= 0 && Array.IndexOf(rowOf, -1) >= 0)
        {
            Exchange(columnOf, rowOf, agree);
        }

        return columnOf;
    }

    private static void Exchange(int[] columnOf, int[] rowOf, Func<int, int, bool> agree)
    {
        var agreeing = new int[columnOf.Length][];
        for (var row = 0; row < agreeing.Length; row++)
        {
            agreeing[row] = [.. Enumerable.Range(0, rowOf.Length).Where(column => agree(row, column))];
        }

        for (var row = 0; row < agreeing.Length; row++)
        {
            if (columnOf[row] < 0)
            {
                AddRow(row, agreeing, columnOf, rowOf);
            }
        }
    }

    /// <summary>Searches in breadth for a column that is left, and moves the rows on the path to it by one column.</summary>
    private static void AddRow(int first, int[][] agreeing, int[] columnOf, int[] rowOf)
    {
        var cameFrom = Enumerable.Repeat(-1, rowOf.Length).ToArray();
        var waiting = new Queue<int>([first]);
        while (waiting.TryDequeue(out var row))
        {
            foreach (var column in agreeing[row].Where(column => cameFrom[column] < 0))
            {
                cameFrom[column] = row;
                if (rowOf[column] >= 0)
                {
                    waiting.Enqueue(rowOf[column]);
                    continue;
                }

                for (var end = column; end >= 0; )
                {
                    var taker = cameFrom[end];
                    rowOf[end] = taker;
                    (columnOf[taker], end) = (end, columnOf[taker]);
                }

                return;
            }
        }
    }
}
