using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Parsing;

/// <summary>Parsing options. Strict by default: what does not parse is unparsable, never guessed.</summary>
public sealed record ParsingSpec
{
    private const int MaxChoices = 26;

    /// <summary>
    /// How an answer is read, see <see href="#parsing">Parsing</see>; null means the task's own: <c>label</c> for classification,
    /// <c>json</c> for extraction and <c>text</c> otherwise.
    /// </summary>
    [ChoiceField<ParsingMethod>]
    [Example("label")]
    public ParsingMethod? Method { get; init; }

    /// <summary>Whether labels and aliases match in any letter case, and choice letters may be small. Default false.</summary>
    [FlagField]
    [Example(true)]
    public bool IgnoreCase { get; init; }

    /// <summary>Whether one pair of quotes around the answer is removed. Default true.</summary>
    [FlagField]
    [Example(true)]
    public bool StripQuotes { get; init; } = true;

    /// <summary>Name of the JSON field (dots go deeper) for <c>json_field</c>.</summary>
    [TextField]
    [Example("label")]
    public string? Field { get; init; }

    /// <summary>.NET regular expression for <c>regex</c>.</summary>
    [TextField(MaxLength = SpecLimits.MaxPattern)]
    [Example("Answer: (.+)")]
    public string? Pattern { get; init; }

    /// <summary>Other spellings of labels: <c>{"spelling": "label"}</c>.</summary>
    [TextMapField(MaxCount = SpecLimits.MaxAliases, Value = "the label that this spelling stands for")]
    [Example(Json = """{"invoice": "billing"}""")]
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What separates labels in one text, for <c>multi_label</c>: <c>,</c> for <c>billing, login</c>. White space around labels does not
    /// count. Null means one label a line. JSON lists of labels are always read.
    /// </summary>
    [TextField(MaxLength = 20, Written = Written.UnlessDefault)]
    [Example(", ")]
    public string? Delimiter { get; init; }

    /// <summary>
    /// The text that stands for no label at all, for <c>multi_label</c>, such as <c>none</c>; null means that only an empty JSON list does.
    /// </summary>
    [TextField(Written = Written.UnlessDefault)]
    [Example("none")]
    public string? NoLabel { get; init; }

    /// <summary>
    /// How numbers are written, for <c>regression</c>; null means digits with a point before the decimals and nothing else.
    /// </summary>
    [SectionField(Written = Written.UnlessDefault)]
    public NumberSpec? Number { get; init; }

    /// <summary>
    /// Whether an answer that reached the token limit, or the end of the model's context, is scored instead of counted as
    /// <c>truncated</c>. Default false.
    /// </summary>
    [FlagField]
    [Example(true)]
    public bool ScoreTruncated { get; init; }

    /// <summary>Finds what is wrong with the options.</summary>
    /// <param name="method">The method that holds.</param>
    /// <param name="labels">The closed list of labels; null where an answer may be any text.</param>
    /// <returns>The first problem; null for none.</returns>
    public OptionProblem? FindProblem(ParsingMethod method, IReadOnlyList<string>? labels) =>
        FindMisplaced("field", Field is not null, method, ParsingMethod.JsonField)
        ?? FindMisplaced("pattern", Pattern is not null, method, ParsingMethod.Regex)
        ?? method switch
        {
            ParsingMethod.JsonField when Field!.Split('.').Contains("") => new OptionProblem("field", "has an empty name between dots."),
            ParsingMethod.Regex => CheckPattern(),
            ParsingMethod.Integer when labels is not null => CheckIntegers(labels),
            ParsingMethod.Choice when labels?.Count > MaxChoices => new OptionProblem(
                "method",
                $"choice has a letter for {MaxChoices} labels at most."
            ),
            _ => null,
        }
        ?? CheckAliases(labels);

    private static OptionProblem? FindMisplaced(string field, bool isGiven, ParsingMethod method, ParsingMethod owner)
    {
        var name = EnumNames<ParsingMethod>.NameOf(owner);
        return isGiven == (method == owner) ? null
            : method == owner ? new OptionProblem(field, $"is missing: the method {name} needs it.")
            : new OptionProblem(field, $"belongs to the method {name}; set parsing.method to it, or leave the field out.");
    }

    private OptionProblem? CheckPattern()
    {
        try
        {
            AnswerPattern.Compile(Pattern!);
            return null;
        }
        catch (RegexParseException e)
        {
            return new OptionProblem(
                "pattern",
                string.Create(CultureInfo.InvariantCulture, $"is not a .NET regular expression: {e.Error} at character {e.Offset + 1}.")
            );
        }
    }

    private static OptionProblem? CheckIntegers(IReadOnlyList<string> labels)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return labels.All(label => IntegerText.TryNormalize(label, out var integer) && seen.Add(integer))
            ? null
            : new OptionProblem("method", "integer needs labels that are different integers.");
    }

    private OptionProblem? CheckAliases(IReadOnlyList<string>? labels)
    {
        var closed = labels?.ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(labels ?? [], IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (spelling, label) in Aliases)
        {
            var problem =
                string.IsNullOrWhiteSpace(spelling) ? "is an empty spelling."
                : !seen.Add(spelling) ? "is a label, or the same spelling as another alias."
                : closed?.Contains(label) == false ? $"stands for a label that is not in $.labels.{NearestName.DidYouMean(label, labels!)}"
                : null;
            if (problem is not null)
            {
                return new OptionProblem($"aliases.{spelling}", problem);
            }
        }

        return null;
    }
}
