namespace FunctionsEval.Core.Datasets;

/// <summary>
/// A dataset cannot be evaluated as a whole. The message is for users: it says where the problem is and how to fix it, and holds no row
/// text.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">What is wrong, one word of <see cref="DatasetProblems"/> or <see cref="MalformedReasons"/>.</param>
    /// <param name="message">What is wrong, where, and the fix.</param>
    /// <param name="line">Physical line in the dataset, 1-based.</param>
    /// <param name="column">Column in that line, 1-based (see <see cref="MalformedRow.Column"/>).</param>
    public DatasetException(string code, string message, int? line = null, int? column = null)
        : base(message)
    {
        Code = code;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, in one stable word.</summary>
    public string Code { get; }

    /// <summary>Physical line in the dataset, 1-based; null when the problem has no place.</summary>
    public int? Line { get; }

    /// <summary>Column in that line, 1-based; null when the problem has none.</summary>
    public int? Column { get; }
}

/// <summary>
/// Codes of problems that concern a dataset as a whole; a dataset whose rows are bad carries the rows' commonest
/// <see cref="MalformedReasons"/> code instead.
/// </summary>
public static class DatasetProblems
{
    /// <summary>There is no row.</summary>
    public const string Empty = "empty";

    /// <summary>The content is no text, or of another file format.</summary>
    public const string Binary = "binary";

    /// <summary>The content is packed, and cannot be unpacked.</summary>
    public const string Damaged = "damaged";

    /// <summary>The content has what is not read of its kind.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The content is larger unpacked than is allowed.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The content is text in another encoding than UTF-8.</summary>
    public const string Encoding = "encoding";

    /// <summary>The content is JSON, but not one object a line.</summary>
    public const string NotJsonLines = "not_json_lines";

    /// <summary>A column that the spec names, or the input's or reference's column, is not in the header.</summary>
    public const string MissingColumn = "missing_column";

    /// <summary>The columns are separated by another character than the name's ending says.</summary>
    public const string Delimiter = "delimiter";

    /// <summary>Two columns of the header have the same name.</summary>
    public const string DuplicateColumn = "duplicate_column";

    /// <summary>The header cannot be read.</summary>
    public const string BadHeader = "bad_header";
}
