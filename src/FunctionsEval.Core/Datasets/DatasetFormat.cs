namespace FunctionsEval.Core.Datasets;

/// <summary>How the rows of a dataset are written.</summary>
public enum DatasetFormat
{
    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>Comma-separated values with a header (RFC 4180).</summary>
    Csv,

    /// <summary>Tab-separated values with a header; quoting as in CSV.</summary>
    Tsv,
}
