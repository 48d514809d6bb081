namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Rows that are read at once, by their positions in a list.</summary>
/// <param name="First">The first position.</param>
/// <param name="End">The position behind the last.</param>
internal readonly record struct SampleRange(int First, int End)
{
    /// <summary>Maximum number of bytes that are read for nothing between two rows.</summary>
    private const int MaxGap = 1 << 14;

    /// <summary>Cuts rows into ranges. What lies between two rows is read too, so they must be near to each other.</summary>
    /// <param name="index">The index.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="maxBytes">Maximum number of bytes of a range; a sample with more is one by itself.</param>
    public static List<SampleRange> Cut(SampleIndex index, IReadOnlyList<int> rows, int maxBytes)
    {
        var ranges = new List<SampleRange>();
        for (var first = 0; first < rows.Count; )
        {
            var end = first + 1;
            while (
                end < rows.Count
                && index.Starts[rows[end] + 1] - index.Starts[rows[first]] <= maxBytes
                && index.Starts[rows[end]] - index.Starts[rows[end - 1] + 1] <= MaxGap
            )
            {
                end++;
            }

            ranges.Add(new SampleRange(first, end));
            first = end;
        }

        return ranges;
    }
}
