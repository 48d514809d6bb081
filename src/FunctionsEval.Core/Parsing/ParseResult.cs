namespace FunctionsEval.Core.Parsing;

/// <summary>What a model's text was read as.</summary>
public abstract record ParseResult
{
    private protected ParseResult() { }
}

/// <summary>The text is an answer.</summary>
/// <param name="Value">The answer; for classification one of the labels as the spec writes it.</param>
public sealed record Parsed(string Value) : ParseResult;

/// <summary>The text is no answer; it counts as wrong.</summary>
/// <param name="Reason">Why, one of <see cref="UnparsableReasons"/>.</param>
public sealed record Unparsable(string Reason) : ParseResult;

/// <summary>Why a text is no answer; stable words for tables and reports.</summary>
public static class UnparsableReasons
{
    /// <summary>There is no text, or white space only.</summary>
    public const string Empty = "empty";

    /// <summary>There is reasoning and no answer: the model was cut, or stopped, while it thought.</summary>
    public const string ReasoningOnly = "reasoning_only";

    /// <summary>The answer is not one of the labels.</summary>
    public const string NotALabel = "not_a_label";

    /// <summary>The text is not an integer.</summary>
    public const string NotAnInteger = "not_an_integer";

    /// <summary>The text is not a choice letter of one of the labels.</summary>
    public const string NotAChoice = "not_a_choice";

    /// <summary>The text is not one JSON value and nothing else.</summary>
    public const string NotJson = "not_json";

    /// <summary>The text is not one JSON object and nothing else.</summary>
    public const string NotAJsonObject = "not_a_json_object";

    /// <summary>The JSON object does not have the field.</summary>
    public const string MissingField = "missing_field";

    /// <summary>The JSON field is neither a string nor a number nor a boolean.</summary>
    public const string FieldType = "field_type";

    /// <summary>The regular expression does not match.</summary>
    public const string NoMatch = "no_match";

    /// <summary>The regular expression matches more than once.</summary>
    public const string SeveralMatches = "several_matches";

    /// <summary>The regular expression did not finish within its time.</summary>
    public const string MatchTimeout = "match_timeout";

    /// <summary>The text is neither a JSON list of labels nor labels in the notation that the spec states.</summary>
    public const string NotALabelList = "not_a_label_list";

    /// <summary>The text is not one number in the notation that the spec states.</summary>
    public const string NotANumber = "not_a_number";

    /// <summary>The number is beyond ±10¹².</summary>
    public const string NumberOutOfRange = "number_out_of_range";

    /// <summary>The text does not have the marker that the answer comes after.</summary>
    public const string NoMarker = "no_marker";
}
