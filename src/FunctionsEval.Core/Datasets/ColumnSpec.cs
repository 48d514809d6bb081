namespace FunctionsEval.Core.Datasets;

/// <summary>Names of the fields (JSONL) or columns (CSV) that hold a sample's parts; null means the usual names.</summary>
public sealed record ColumnSpec
{
    /// <summary>Field of the input.</summary>
    public string? Input { get; init; }

    /// <summary>Field of the reference answer.</summary>
    public string? Reference { get; init; }

    /// <summary>Field of the sample's id.</summary>
    public string? Id { get; init; }

    /// <summary>Fields that become tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}
