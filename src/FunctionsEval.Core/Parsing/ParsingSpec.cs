using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Parsing;

/// <summary>Parsing options. Strict by default: what does not parse is unparsable, never guessed.</summary>
public sealed record ParsingSpec
{
    /// <summary>
    /// How an answer is read, see <see href="#parsing">Parsing</see>; null means the task's own: <c>label</c> for classification and
    /// <c>text</c> otherwise.
    /// </summary>
    [ChoiceField<ParsingMethod>]
    public ParsingMethod? Method { get; init; }

    /// <summary>Whether labels and aliases match in any letter case, and choice letters may be small. Default false.</summary>
    [FlagField]
    public bool IgnoreCase { get; init; }

    /// <summary>Whether one pair of quotes around the answer is removed. Default true.</summary>
    [FlagField]
    public bool StripQuotes { get; init; } = true;

    /// <summary>Name of the JSON field (dots go deeper) for <c>json_field</c>.</summary>
    [TextField]
    public string? Field { get; init; }

    /// <summary>.NET regular expression for <c>regex</c>.</summary>
    [TextField(MaxLength = SpecLimits.MaxPattern)]
    public string? Pattern { get; init; }

    /// <summary>Other spellings of labels: <c>{"spelling": "label"}</c>.</summary>
    [TextMapField(MaxCount = SpecLimits.MaxAliases, Value = "the label that this spelling stands for")]
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether an answer that reached the token limit, or the end of the model's context, is scored instead of counted as
    /// <c>truncated</c>. Default false.
    /// </summary>
    [FlagField]
    public bool ScoreTruncated { get; init; }
}
