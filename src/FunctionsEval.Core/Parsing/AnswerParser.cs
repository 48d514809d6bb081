using FunctionsEval.Core.Parsing.Methods;
using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Reads a model's text as an answer, strictly: what does not parse is unparsable and never guessed. A full stop after a
/// label, a label inside a sentence, a JSON object in a code fence are all unparsable. Safe for concurrent use.
/// </summary>
public sealed class AnswerParser
{
    private readonly AnswerMethod _method;
    private readonly ReasoningMarkers _markers;

    private AnswerParser(ParsingSpec parsing, AnswerMethod method, IReadOnlyList<string>? labels)
    {
        _method = method;
        // <\/?think> is written without what a pattern adds to it.
        _markers = ReasoningMarkers.All.Except([
            .. labels ?? [],
            .. parsing.Aliases.Keys,
            parsing.Pattern?.Replace("\\", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal) ?? "",
        ]);
    }

    /// <summary>Creates a parser for answers that may be any text.</summary>
    /// <param name="parsing">The options; <see cref="ParsingSpec.FindProblem"/> finds none in them.</param>
    /// <param name="method">The method.</param>
    public static AnswerParser ForTexts(ParsingSpec parsing, ParsingMethod method)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        return new AnswerParser(parsing, AnswerMethod.Create(method, parsing, new AnswerLabels(parsing, labels: null)), labels: null);
    }

    /// <summary>Creates a parser for answers that stand for a value.</summary>
    /// <param name="parsing">The options, without a problem.</param>
    /// <param name="method">The method that cuts the value's text out of the answer.</param>
    /// <param name="value">Reads the value.</param>
    /// <param name="labels">The labels that the value consists of; empty for none.</param>
    internal static AnswerParser ForValues(ParsingSpec parsing, ParsingMethod method, AnswerValue value, IReadOnlyList<string> labels)
    {
        // Aliases are spellings inside a value, not of the whole text.
        var texts = new AnswerLabels(parsing with { Aliases = new Dictionary<string, string>() }, labels: null);
        return new AnswerParser(parsing, new ValueMethod(AnswerMethod.Create(method, parsing, texts, value.TakesLists), value), labels);
    }

    /// <summary>Creates a parser for answers that are one of a closed list of labels.</summary>
    /// <param name="parsing">The options; <see cref="ParsingSpec.FindProblem"/> finds none in them.</param>
    /// <param name="method">The method.</param>
    /// <param name="labels">The labels, in the order of the choice letters.</param>
    public static AnswerParser ForLabels(ParsingSpec parsing, ParsingMethod method, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        ArgumentNullException.ThrowIfNull(labels);
        return new AnswerParser(parsing, AnswerMethod.Create(method, parsing, new AnswerLabels(parsing, labels)), labels);
    }

    /// <summary>
    /// The markers that separate reasoning from a sample's answers: all except those that the spec or a reference contains.
    /// </summary>
    /// <param name="references">The sample's references.</param>
    public ReasoningMarkers MarkersBeside(IEnumerable<string> references) => _markers.Except(references);

    /// <summary>Reads a model's text, its reasoning left out.</summary>
    /// <param name="text">The text as the model gave it.</param>
    public ParseResult Parse(string text) => Parse(_markers.Separate(text));

    /// <summary>Reads an answer that is kept apart from its reasoning.</summary>
    /// <param name="answer">The answer.</param>
    public ParseResult Parse(ModelText answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.IsReasoningOnly)
        {
            return new Unparsable(UnparsableReasons.ReasoningOnly);
        }

        return string.IsNullOrWhiteSpace(answer.Answer) && !_method.TakesWhiteSpace
            ? new Unparsable(UnparsableReasons.Empty)
            : _method.Read(answer.Answer);
    }

    /// <summary>
    /// Reads a model's text leniently: as <see cref="Parse(string)"/> does or, where that fails, by the one label, integer, choice letter,
    /// JSON object or last match that it contains, whatever stands around it. A text with several of them is not read.
    /// </summary>
    /// <param name="text">The text as the model gave it.</param>
    /// <returns>The answer; null when there is none.</returns>
    public string? ParseLeniently(string text) => ParseLeniently(_markers.Separate(text));

    /// <summary>Reads an answer that is kept apart from its reasoning as <see cref="ParseLeniently(string)"/> does.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>The answer; null when there is none.</returns>
    public string? ParseLeniently(ModelText answer)
    {
        if (Parse(answer) is Parsed strict)
        {
            return strict.Value;
        }

        return AnswerPattern.ReadInTime(() => _method.ReadLeniently(answer.Answer), late: null);
    }

    /// <summary>The probability of each label, from the top log probabilities of an answer's tokens.</summary>
    /// <param name="tokens">The answer's tokens with their top log probabilities.</param>
    /// <returns>The probabilities; null when the answer has no place for a label, or when its top log probabilities sum to 1 and none leads
    /// to a label.</returns>
    public LabelReading? ReadLabelProbabilities(IReadOnlyList<AnswerToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        // Some servers give the end token among the answer's, where a pattern does not expect it.
        return (_method.LabelStart(Join(tokens)) ?? _method.LabelStart(Join(tokens.SkipLast(1)))) is { } start
            ? new LabelProbabilities(_method.Spellings).Read(tokens, start)
            : null;

        static string Join(IEnumerable<AnswerToken> tokens) => TokenText.Concat(tokens.Select(token => token.Text));
    }

    /// <summary>
    /// What an answer has before its label: white space, a quote, the beginning of a JSON object; null when it has no place for a label.
    /// </summary>
    /// <param name="text">The answer.</param>
    public string? FindLabelLead(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _method.LabelStart(text) is { } start ? text[..(start + _method.Spellings.OpeningLength(text[start..]))] : null;
    }

    /// <summary>A label as an answer has it: its choice letter, or its text as JSON escapes it.</summary>
    /// <param name="label">One of the labels.</param>
    public string WriteLabel(string label) => _method.Write(label);

    /// <summary>
    /// A reference in the spelling that <see cref="Parse(string)"/> gives equal answers: with <c>integer</c> outside classification
    /// <c>+07</c> becomes <c>7</c>; everything else stays.
    /// </summary>
    /// <param name="reference">A sample's reference.</param>
    public string NormalizeReference(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return _method.NormalizeReference(reference);
    }

    /// <summary>
    /// A prediction that a file gives instead of a text, in the spelling that <see cref="Parse(string)"/> gives equal answers; null when it
    /// is no value of the task, such as a text in the place of a number.
    /// </summary>
    /// <param name="prediction">The prediction.</param>
    public string? ReadPrediction(string prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return _method.ReadPrediction(prediction);
    }
}
