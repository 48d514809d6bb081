namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// The values of one field by sample. A value is a number of the table of distinct values, which is bounded: a sample with a value that is
/// not in it says so, and is looked at itself.
/// </summary>
internal sealed class ValueColumn
{
    /// <summary>The number of no value.</summary>
    public const int None = 0;

    /// <summary>The number of a value that is not in the table.</summary>
    public const int Other = 1;

    /// <summary>The first number of the table.</summary>
    public const int First = 2;

    private readonly Dictionary<string, int> _numbers;
    private readonly int[] _rows;
    private readonly int[] _moreRows;
    private readonly int[] _moreEnds;
    private readonly int[] _more;

    /// <summary>Creates the column.</summary>
    /// <param name="values">The table.</param>
    /// <param name="rows">By row: the number of its first value.</param>
    /// <param name="moreRows">The rows with several values, ascending.</param>
    /// <param name="moreEnds">By such row: where its further values end.</param>
    /// <param name="more">The further values.</param>
    public ValueColumn(IReadOnlyList<string> values, int[] rows, int[] moreRows, int[] moreEnds, int[] more)
    {
        (Values, _rows, _moreRows, _moreEnds, _more) = (values, rows, moreRows, moreEnds, more);
        _numbers = values.Index().ToDictionary(value => value.Item, value => value.Index + First, StringComparer.Ordinal);
        HasOther = rows.AsSpan().Contains(Other) || more.AsSpan().Contains(Other);
    }

    /// <summary>The table.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether a sample has a value that is not in the table.</summary>
    public bool HasOther { get; }

    /// <summary>Approximate size in memory.</summary>
    public long Bytes =>
        (4L * (_rows.Length + _moreRows.Length + _moreEnds.Length + _more.Length)) + Values.Sum(value => 100L + (2 * value.Length));

    /// <summary>A value's number; <see cref="Other"/> for one that is not in the table.</summary>
    public int Find(string value) => _numbers.GetValueOrDefault(value, Other);

    /// <summary>Whether a row has a value; null where it has one that is not in the table and might be it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">What <see cref="Find"/> gave.</param>
    public bool? Has(int row, int number)
    {
        var has = _rows[row] == number || (_more.Length > 0 && MoreOf(row).Contains(number));
        return !has ? false
            : number == Other ? null
            : true;
    }

    /// <summary>Counts the values of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="counts">By number; <see cref="Other"/> once a row.</param>
    public void Count(int row, long[] counts)
    {
        counts[_rows[row]]++;
        if (_more.Length == 0)
        {
            return;
        }

        var hasOther = _rows[row] == Other;
        foreach (var number in MoreOf(row))
        {
            counts[number] += number == Other && hasOther ? 0 : 1;
            hasOther |= number == Other;
        }
    }

    private ReadOnlySpan<int> MoreOf(int row)
    {
        var index = Array.BinarySearch(_moreRows, row);
        if (index < 0)
        {
            return [];
        }

        var start = index == 0 ? 0 : _moreEnds[index - 1];
        return _more.AsSpan(start, _moreEnds[index] - start);
    }
}
