namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// The distinct values of a field while an index is written. It only grows until it is full, so a value that is not in it is never in it.
/// </summary>
/// <param name="max">Maximum number of values.</param>
internal sealed class ValueTable(int max)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Writes the number of a value, and the value behind it where it is new.</summary>
    /// <returns>The number.</returns>
    public int Write(string? value, BinaryWriter writer)
    {
        var number = NumberOf(value, out var isNew);
        writer.Write7BitEncodedInt(number);
        if (isNew)
        {
            writer.Write(value!);
        }

        return number;
    }

    /// <summary>Whether a value is in the table, or has room in it.</summary>
    public bool Keeps(string value) =>
        _numbers.ContainsKey(value) || (value.Length <= SampleIndexFormat.MaxValueLength && _numbers.Count < max);

    private int NumberOf(string? value, out bool isNew)
    {
        isNew = false;
        if (value is null)
        {
            return ValueColumn.None;
        }

        if (_numbers.TryGetValue(value, out var number))
        {
            return number;
        }

        isNew = Keeps(value);
        return isNew ? _numbers[value] = _numbers.Count + ValueColumn.First : ValueColumn.Other;
    }
}
