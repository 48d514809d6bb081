namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// The file <c>samples.index</c>: the metrics' numbers, a record a sample in dataset order, and what it is the index of. A value of a field
/// is its number in a table; the value itself stands behind the number where it comes first. The last bytes are the XXH128 of all others, so
/// that an index that is damaged is made again.
/// </summary>
internal static class SampleIndexFormat
{
    /// <summary>The first bytes: "FSI2".</summary>
    public const uint Magic = 0x32495346;

    /// <summary>Bytes of the hash at the end.</summary>
    public const int HashBytes = 16;

    /// <summary>Maximum number of characters of a value that is kept in a table.</summary>
    public const int MaxValueLength = 200;

    /// <summary>Maximum number of distinct labels, and of predictions.</summary>
    public const int MaxValues = 10_000;

    /// <summary>Maximum number of labels of a sample.</summary>
    public const int MaxLabelsOfSample = 64;

    /// <summary>Maximum number of distinct finish reasons.</summary>
    public const int MaxFinishReasons = 100;

    /// <summary>Maximum number of names of tags.</summary>
    public const int MaxTags = 24;

    /// <summary>Maximum number of distinct values of a tag.</summary>
    public const int MaxTagValues = 2_000;

    /// <summary>Samples whose scores stand together in <c>samples.scores</c>: by number the candidate's, then the baseline's.</summary>
    public const int ScoresTogether = 16_384;

    /// <summary>Maximum number of bytes of an index.</summary>
    public const int MaxBytes = 256 << 20;
}
