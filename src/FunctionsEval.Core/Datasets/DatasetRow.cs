using System.Globalization;

namespace FunctionsEval.Core.Datasets;

/// <summary>One row of a dataset, or one turn of it where each trained turn is a sample; blank lines are none.</summary>
public abstract record DatasetRow
{
    private protected DatasetRow() { }

    /// <summary>Physical line of the row's start, 1-based and relative to the first line of the range that was read.</summary>
    public required int Line { get; init; }

    /// <summary>Byte offset in the dataset of the row's first byte.</summary>
    public required long Offset { get; init; }

    /// <summary>How many samples and malformed ones the range has before this one.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Which trained turn of the row it is; null for the row as a whole.</summary>
    public abstract ConversationTurn? Turn { get; }

    /// <summary>The id of the whole row, by which all its turns are known.</summary>
    public abstract string RowId { get; }

    /// <summary>The id of the sample, or what takes its place where there is none.</summary>
    public string Id => Turn?.SampleId ?? RowId;
}

/// <summary>A row that can be evaluated.</summary>
/// <param name="Sample">The sample.</param>
public sealed record ValidRow(Sample Sample) : DatasetRow
{
    /// <inheritdoc/>
    public override ConversationTurn? Turn => Sample.Turn;

    /// <inheritdoc/>
    public override string RowId => Turn?.RowId ?? Sample.Id;
}

/// <summary>A row, or a turn of it, that is no sample.</summary>
/// <param name="Reason">Why, one of <see cref="MalformedReasons"/>.</param>
/// <param name="Message">Why, naming fields, types and positions, never the row's text.</param>
/// <param name="Column">Where, 1-based: in JSONL the character (Unicode code point) of the line, in CSV the number of the field; null when
/// the problem has no single place.</param>
/// <param name="BadTurn">The turn; null where the row as a whole is no sample.</param>
public sealed record MalformedRow(string Reason, string Message, int? Column, ConversationTurn? BadTurn = null) : DatasetRow
{
    /// <inheritdoc/>
    public override ConversationTurn? Turn => BadTurn;

    /// <inheritdoc/>
    public override string RowId => Turn?.RowId ?? Offset.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Why a row is no sample; stable words for tables and logs.</summary>
public static class MalformedReasons
{
    /// <summary>The row is longer than the limit.</summary>
    public const string LineTooLong = "line_too_long";

    /// <summary>The bytes are not UTF-8.</summary>
    public const string InvalidUtf8 = "invalid_utf8";

    /// <summary>There is a NUL byte.</summary>
    public const string NulByte = "nul_byte";

    /// <summary>The line is not JSON.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>A JSON text escapes half a surrogate pair, which is no character.</summary>
    public const string InvalidEscape = "invalid_escape";

    /// <summary>The JSON is nested deeper than the limit.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>The line is JSON, but no object.</summary>
    public const string NotAnObject = "not_an_object";

    /// <summary>A field has a type that it must not have.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>No reference answer was found.</summary>
    public const string MissingReference = "missing_reference";

    /// <summary>A classification row has more than one reference.</summary>
    public const string SeveralReferences = "several_references";

    /// <summary>No input was found, or it is empty.</summary>
    public const string MissingInput = "missing_input";

    /// <summary>The row can be read in two ways.</summary>
    public const string Ambiguous = "ambiguous";

    /// <summary>The reference is not one of the spec's labels.</summary>
    public const string UnknownLabel = "unknown_label";

    /// <summary>The reference of an extraction is not JSON.</summary>
    public const string ReferenceNotJson = "reference_not_json";

    /// <summary>
    /// A turn holds something that no task evaluates, the reference calls tools and the task takes texts, or the row has no conversation
    /// whose turns could be samples.
    /// </summary>
    public const string UnsupportedContent = "unsupported_content";

    /// <summary>An image's address, data or name cannot be sent.</summary>
    public const string InvalidImage = "invalid_image";

    /// <summary>A CSV row has more or fewer fields than the header.</summary>
    public const string FieldCount = "field_count";

    /// <summary>A CSV row has text after a closing quote.</summary>
    public const string BadQuotes = "bad_quotes";

    /// <summary>A CSV row opens a quote that is never closed.</summary>
    public const string UnterminatedQuote = "unterminated_quote";

    /// <summary>A quote of a CSV or TSV row takes in the rows after it.</summary>
    public const string StrayQuote = "stray_quote";

    /// <summary>A CSV row has a carriage return outside quotes that is no part of a line end.</summary>
    public const string StrayCarriageReturn = "stray_carriage_return";

    /// <summary>An image beside the dataset cannot be sent: it is not there, too large, or no image.</summary>
    public const string UnusableImage = "unusable_image";

    /// <summary>The prompt template fails on this row (see <see cref="Prompts.PromptException"/>).</summary>
    public const string PromptError = "prompt_error";
}
