using System.Numerics;
using System.Security.Cryptography;
using FunctionsEval.Core.Buffers;

namespace FunctionsEval.Core.OptionReading;

/// <summary>
/// Levenshtein's distance with unit costs (Soviet Physics Doklady 10, 1966), 64 rows of the table at a time (Myers, Journal of
/// the ACM 46, 1999; Hyyrö's form of 2003): a column is kept as the differences between its cells. Memory grows with the lengths.
/// </summary>
internal sealed class EditDistance
{
    [ThreadStatic]
    private static EditDistance? _current;

    // Which units meet in the table differs from process to process, so that nobody can write a text whose characters collide.
    private static readonly uint Multiplier = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))) | 1;

    private ReusedBuffer<Entry> _table;
    private ReusedBuffer<int> _rows;
    private ReusedBuffer<int> _columns;
    private ReusedBuffer<sbyte> _differences;
    private ReusedBuffer<ulong> _matches;

    /// <summary>The fewest insertions, deletions and substitutions that turn one sequence into the other.</summary>
    public static int Between(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        // What both begin or end with is kept in one of the shortest ways.
        var same = first.CommonPrefixLength(second);
        first = first[same..];
        second = second[same..];
        while (first.Length > 0 && second.Length > 0 && first[^1] == second[^1])
        {
            first = first[..^1];
            second = second[..^1];
        }

        if (first.Length == 0 || second.Length == 0)
        {
            return Math.Max(first.Length, second.Length);
        }

        _current ??= new EditDistance();
        return (first.Length + 63L) / 64 * second.Length <= (second.Length + 63L) / 64 * first.Length
            ? _current.Count(first, second)
            : _current.Count(second, first);
    }

    private int Count(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var rows = _rows.Take(first.Length);
        var columns = _columns.Take(second.Length);
        var matches = _matches.TakeCleared(Number(first, second, rows, columns) + 1);

        // What each cell of the row above a block differs by from its left neighbour. The table's first row grows by one a column.
        var differences = _differences.Take(columns.Length);
        differences.Fill(1);
        for (var start = 0; start < rows.Length; start += 64)
        {
            var block = rows.Slice(start, Math.Min(64, rows.Length - start));
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

    /// <summary>
    /// Numbers equal units alike, from 1; those that only the second sequence has are all 0, which matches nothing. Says how many numbers
    /// there are.
    /// </summary>
    private int Number(ReadOnlySpan<int> first, ReadOnlySpan<int> second, Span<int> rows, Span<int> columns)
    {
        var bits = BitOperations.Log2((uint)first.Length) + 2;
        var table = _table.TakeCleared(1 << bits);
        var count = 0;
        for (var i = 0; i < first.Length; i++)
        {
            ref var entry = ref table[Find(table, 32 - bits, first[i])];
            if (entry.Number == 0)
            {
                entry = new Entry(first[i], ++count);
            }

            rows[i] = entry.Number;
        }

        for (var j = 0; j < second.Length; j++)
        {
            columns[j] = table[Find(table, 32 - bits, second[j])].Number;
        }

        return count;
    }

    /// <summary>Where a unit stands, or would.</summary>
    private static int Find(ReadOnlySpan<Entry> table, int shift, int unit)
    {
        var place = (int)(((uint)unit * Multiplier) >> shift);
        while (table[place].Number != 0 && table[place].Unit != unit)
        {
            place = (place + 1) & (table.Length - 1);
        }

        return place;
    }

    /// <summary>Goes over the columns of up to 64 rows; takes the differences of the row above and leaves those of the last row.</summary>
    private static void FillBlock(ReadOnlySpan<ulong> matches, ReadOnlySpan<int> columns, int lastRow, Span<sbyte> differences)
    {
        // Whether each cell is greater, or less, by one than the one above it.
        var (isGreater, isLess) = (ulong.MaxValue, 0UL);
        for (var j = 0; j < columns.Length; j++)
        {
            var equal = matches[columns[j]];
            var isAboveLess = differences[j] < 0 ? 1UL : 0;
            var isAboveGreater = differences[j] > 0 ? 1UL : 0;
            var vertical = equal | isLess;
            equal |= isAboveLess;
            var horizontal = (((equal & isGreater) + isGreater) ^ isGreater) | equal;
            var grows = isLess | ~(horizontal | isGreater);
            var falls = isGreater & horizontal;
            differences[j] = (sbyte)((int)((grows >> lastRow) & 1) - (int)((falls >> lastRow) & 1));
            grows = (grows << 1) | isAboveGreater;
            falls = (falls << 1) | isAboveLess;
            isGreater = falls | ~(vertical | grows);
            isLess = grows & vertical;
        }
    }

    /// <summary>A unit of the first sequence.</summary>
    /// <param name="Unit">The unit.</param>
    /// <param name="Number">Its number; 0 in a free place.</param>
    private readonly record struct Entry(int Unit, int Number);
}
