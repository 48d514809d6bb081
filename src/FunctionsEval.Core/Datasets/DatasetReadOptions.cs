namespace FunctionsEval.Core.Datasets;

/// <summary>How a range of a dataset is read.</summary>
public sealed record DatasetReadOptions
{
    /// <summary>The longest row that is read unless <see cref="MaxRowBytes"/> says otherwise: 4 MiB.</summary>
    public const int DefaultMaxRowBytes = 4 * 1024 * 1024;

    /// <summary>How the rows are written.</summary>
    public required DatasetFormat Format { get; init; }

    /// <summary>What a row must have to be a sample.</summary>
    public required SampleShape Shape { get; init; }

    /// <summary>Byte offset of the range in the dataset. Default 0; a byte order mark there is skipped.</summary>
    public long StartOffset { get; init; }

    /// <summary>Names of the fields or columns; the usual names where it says nothing.</summary>
    public ColumnSpec Columns { get; init; } = new();

    /// <summary>
    /// Whether a row without input is malformed. Default true; not needed when a user template makes the prompt from other fields.
    /// </summary>
    public bool RequireInput { get; init; } = true;

    /// <summary>Whether a row without reference is malformed. Default true; not needed where no metric compares answers with one.</summary>
    public bool RequireReference { get; init; } = true;

    /// <summary>The metrics that need a reference, for messages. Default: none are named.</summary>
    public IReadOnlyList<string> ReferenceMetrics { get; init; } = [];

    /// <summary>
    /// What is done with tools that a row offers. Default: sent where the shape takes calls of tools; else such a row is malformed.
    /// </summary>
    public ToolUse? Tools { get; init; }

    /// <summary>Which turns of a conversation are samples. Default: the last.</summary>
    public TurnSelection Turns { get; init; }

    /// <summary>
    /// Whether the input of a row with an <c>instruction</c> begins with it. Default true; false when the prompt templates name the
    /// instruction themselves, or a user template does without the input.
    /// </summary>
    public bool JoinInstruction { get; init; } = true;

    /// <summary>
    /// The header's text, for a range of a CSV or TSV dataset that does not hold it; null when the range starts with the header.
    /// </summary>
    public string? CsvHeader { get; init; }

    /// <summary>
    /// The longest row, in bytes without its line end. Default 4 MiB. A longer one is malformed and is not held in memory.
    /// </summary>
    public int MaxRowBytes { get; init; } = DefaultMaxRowBytes;

    /// <summary>Creates what reads such a range.</summary>
    public DatasetReader CreateReader() => Format.CreateReader(this);
}
