namespace FunctionsEval.Core.OptionReading;

/// <summary>
/// Levenshtein's distance with unit costs (Soviet Physics Doklady 10, 1966), 64 rows of the table at a time (Myers, Journal of
/// the ACM 46, 1999; Hyyrö's form of 2003): a column is kept as the differences between its cells. Memory grows with the lengths.
/// </summary>
internal static class EditDistance
{
    /// <summary>The fewest insertions, deletions and substitutions that turn one sequence into the other.</summary>
    public static int Between(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            return Math.Max(first.Length, second.Length);
        }

        var numberOf = new Dictionary<int, int>();
        var rows = Number(first, numberOf, addsNew: true);
        var columns = Number(second, numberOf, addsNew: false);

        // What each cell of the row above a block differs by from its left neighbour. The table's first row grows by one a column.
        var differences = new sbyte[columns.Length];
        differences.AsSpan().Fill(1);
        var matches = new ulong[numberOf.Count + 1];
        for (var start = 0; start < rows.Length; start += 64)
        {
            var block = rows.AsSpan(start, Math.Min(64, rows.Length - start));
            for (var i = 0; i < block.Length; i++)
            {
                matches[block[i]] |= 1UL << i;
            }

            FillBlock(matches, columns, block.Length - 1, differences);
            foreach (var unit in block)
            {
                matches[unit] = 0;
            }
        }

        var distance = rows.Length;
        foreach (var difference in differences)
        {
            distance += difference;
        }

        return distance;
    }

    /// <summary>Numbers equal units alike; those that only the second sequence has are all 0, which matches nothing.</summary>
    private static int[] Number(ReadOnlySpan<int> sequence, Dictionary<int, int> numberOf, bool addsNew)
    {
        var numbers = new int[sequence.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!numberOf.TryGetValue(sequence[i], out numbers[i]) && addsNew)
            {
                numbers[i] = numberOf.Count + 1;
                numberOf.Add(sequence[i], numbers[i]);
            }
        }

        return numbers;
    }

    /// <summary>Goes over the columns of up to 64 rows; takes the differences of the row above and leaves those of the last row.</summary>
    private static void FillBlock(ulong[] matches, int[] columns, int lastRow, sbyte[] differences)
    {
        // Whether each cell is greater, or less, by one than the one above it.
        var (isGreater, isLess) = (ulong.MaxValue, 0UL);
        for (var j = 0; j < columns.Length; j++)
        {
            var equal = matches[columns[j]];
            var above = differences[j];
            var vertical = equal | isLess;
            equal |= above < 0 ? 1UL : 0;
            var horizontal = (((equal & isGreater) + isGreater) ^ isGreater) | equal;
            var grows = isLess | ~(horizontal | isGreater);
            var falls = isGreater & horizontal;
            differences[j] = (sbyte)((int)((grows >> lastRow) & 1) - (int)((falls >> lastRow) & 1));
            grows = (grows << 1) | (above > 0 ? 1UL : 0);
            falls = (falls << 1) | (above < 0 ? 1UL : 0);
            isGreater = falls | ~(vertical | grows);
            isLess = grows & vertical;
        }
    }
}
