using System.Runtime.InteropServices;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Collects the scores of samples, and gives them in the order in which they stand in <c>samples.scores</c>.</summary>
/// <param name="numbers">Numbers of a sample.</param>
internal sealed class SampleScoreWriter(int numbers)
{
    private readonly double[] _values = new double[numbers * 2 * SampleIndexFormat.ScoresTogether];
    private int _rows;

    /// <summary>Adds a sample.</summary>
    /// <returns>Whether it holds as many as stand together.</returns>
    public bool Add(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline)
    {
        for (var number = 0; number < numbers; number++)
        {
            _values[(2 * number * SampleIndexFormat.ScoresTogether) + _rows] = candidate[number];
            _values[(((2 * number) + 1) * SampleIndexFormat.ScoresTogether) + _rows] = baseline[number];
        }

        return ++_rows == SampleIndexFormat.ScoresTogether;
    }

    /// <summary>The bytes of what was added since the last time.</summary>
    public byte[] Take()
    {
        var bytes = new byte[numbers * 2 * _rows * sizeof(double)];
        var target = MemoryMarshal.Cast<byte, double>(bytes.AsSpan());
        for (var column = 0; column < numbers * 2; column++)
        {
            _values.AsSpan(column * SampleIndexFormat.ScoresTogether, _rows).CopyTo(target[(column * _rows)..]);
        }

        _rows = 0;
        return bytes;
    }

    /// <summary>Where a number's scores of some samples stand.</summary>
    /// <param name="number">The number.</param>
    /// <param name="numbers">How many numbers a sample has.</param>
    /// <param name="first">The first of the samples that stand together.</param>
    /// <param name="rows">How many they are.</param>
    public static long PlaceOf(int number, int numbers, int first, int rows) =>
        (((long)numbers * first) + ((long)number * rows)) * 2 * sizeof(double);
}
