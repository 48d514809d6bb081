namespace FunctionsEval.Core.Metrics.Pairing;

/// <summary>
/// The assignment of rows to columns, each to one at most, whose weights have the largest sum: the Hungarian method with potentials (Kuhn
/// 1955, Munkres 1957), in time by the cube of the larger side.
/// </summary>
internal static class BestAssignment
{
    /// <summary>Finds the assignment. As many rows are assigned as there are columns for them.</summary>
    /// <param name="weights">The weight of each row and column, none negative.</param>
    /// <returns>The column of each row; −1 for a row without one.</returns>
    public static int[] Find(long[,] weights)
    {
        var (rows, columns) = (weights.GetLength(0), weights.GetLength(1));
        var size = Math.Max(rows, columns);
        var rowPotentials = new long[size + 1];
        var columnPotentials = new long[size + 1];

        // Rows and columns count from 1; 0 stands for none. Rows and columns that fill up the square have weight 0.
        var rowOf = new int[size + 1];
        for (var row = 1; row <= size; row++)
        {
            AddRow(row, Cost, rowPotentials, columnPotentials, rowOf);
        }

        var assigned = Enumerable.Repeat(-1, rows).ToArray();
        for (var column = 1; column <= columns; column++)
        {
            if (rowOf[column] <= rows)
            {
                assigned[rowOf[column] - 1] = column - 1;
            }
        }

        return assigned;

        long Cost(int row, int column) => row <= rows && column <= columns ? -weights[row - 1, column - 1] : 0;
    }

    /// <summary>Assigns one row more, along the path that costs least.</summary>
    private static void AddRow(int row, Func<int, int, long> cost, long[] rowPotentials, long[] columnPotentials, int[] rowOf)
    {
        var size = rowOf.Length - 1;
        var slack = Enumerable.Repeat(long.MaxValue, size + 1).ToArray();
        var previous = new int[size + 1];
        var isVisited = new bool[size + 1];
        rowOf[0] = row;
        var column = 0;
        do
        {
            isVisited[column] = true;
            var (least, next) = (long.MaxValue, 0);
            for (var other = 1; other <= size; other++)
            {
                if (isVisited[other])
                {
                    continue;
                }

                var reduced = cost(rowOf[column], other) - rowPotentials[rowOf[column]] - columnPotentials[other];
                if (reduced < slack[other])
                {
                    (slack[other], previous[other]) = (reduced, column);
                }

                if (slack[other] < least)
                {
                    (least, next) = (slack[other], other);
                }
            }

            for (var other = 0; other <= size; other++)
            {
                if (isVisited[other])
                {
                    rowPotentials[rowOf[other]] += least;
                    columnPotentials[other] -= least;
                }
                else
                {
                    slack[other] -= slack[other] == long.MaxValue ? 0 : least;
                }
            }

            column = next;
        } while (rowOf[column] != 0);

        for (; column != 0; column = previous[column])
        {
            rowOf[column] = rowOf[previous[column]];
        }
    }
}
