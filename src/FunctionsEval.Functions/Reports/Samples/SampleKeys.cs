using System.Globalization;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// By what a sample is known in addresses: its place in the dataset, with turn and answer where there are several. A run that is resumed
/// keeps the keys of its samples.
/// </summary>
internal static class SampleKeys
{
    /// <summary>The key of a sample.</summary>
    public static string Of(SampleResult sample) => Write(sample.Offset, sample.Turn ?? 0, sample.Repeat ?? 0);

    /// <summary>The key of a row of an index.</summary>
    public static string Of(SampleIndex index, int row) => Write(index.Offsets[row], index.Turns?[row] ?? 0, index.Repeats?[row] ?? 0);

    /// <summary>The row of a key; −1 for none.</summary>
    public static int FindRow(SampleIndex index, string key)
    {
        var parts = key.Split('-');
        if (parts.Length is not (1 or 3) || !TryRead(parts[0], out var offset))
        {
            return -1;
        }

        var row = Array.BinarySearch(index.Offsets, offset);
        while (row > 0 && index.Offsets[row - 1] == offset)
        {
            row--;
        }

        for (; row >= 0 && row < index.Count && index.Offsets[row] == offset; row++)
        {
            if (Of(index, row) == key)
            {
                return row;
            }
        }

        return -1;
    }

    private static string Write(long offset, int turn, int repeat) =>
        turn == 0 && repeat == 0
            ? offset.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{offset}-{turn}-{repeat}");

    private static bool TryRead(string text, out long offset) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
}
