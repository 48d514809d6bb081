namespace FunctionsEval.Core.Parsing;

/// <summary>Parsing options. Strict by default: what does not parse is unparsable, never guessed.</summary>
public sealed record ParsingSpec
{
    /// <summary>The method; null means <c>label</c> for classification and <c>text</c> otherwise.</summary>
    public ParsingMethod? Method { get; init; }

    /// <summary>Whether letter case is ignored when a label is compared. Default false.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>Whether one pair of quotes around the answer is removed. Default true.</summary>
    public bool StripQuotes { get; init; } = true;

    /// <summary>Name of the JSON field (dots go deeper) for <c>json_field</c>.</summary>
    public string? Field { get; init; }

    /// <summary>.NET regular expression for <c>regex</c>.</summary>
    public string? Pattern { get; init; }

    /// <summary>Other spellings of labels: spelling → label.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether an answer that reached the token limit is scored all the same instead of counted as truncated. Default false.
    /// </summary>
    public bool ScoreTruncated { get; init; }
}
