using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Reads a model's text as an answer, strictly: what does not parse is unparsable and never guessed. A full stop after a
/// label, a label inside a sentence, a JSON object in a code fence are all unparsable. Safe for concurrent use.
/// </summary>
public sealed class AnswerParser
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly ParsingSpec _parsing;
    private readonly ParsingMethod _method;
    private readonly IReadOnlyList<string> _labels;
    private readonly Dictionary<string, string> _spellings;
    private readonly Dictionary<string, string> _integers;
    private readonly bool _isClosed;
    private readonly string[] _path;
    private readonly Regex? _pattern;
    private readonly Regex? _fieldLead;
    private readonly LabelMentions _mentions;
    private readonly LabelSpellings _written;
    private readonly ReasoningMarkers _markers;

    private AnswerParser(ParsingSpec parsing, ParsingMethod method, IReadOnlyList<string> labels, bool isClosed)
    {
        _parsing = parsing;
        _isClosed = isClosed;
        _method = method;
        _labels = labels;
        _spellings = new Dictionary<string, string>(_parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        _integers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in _labels)
        {
            _spellings[label] = label;
            if (IntegerText.TryNormalize(label, out var integer))
            {
                _integers[integer] = label;
            }
        }

        foreach (var (spelling, label) in _parsing.Aliases)
        {
            _spellings[spelling] = label;
        }

        _mentions = new LabelMentions(_spellings);
        _written = LabelSpellings.Create(_method, _parsing, _labels, _spellings);
        _path = _parsing.Field?.Split('.') ?? [];
        _pattern = _method == ParsingMethod.Regex ? AnswerPattern.Compile(_parsing.Pattern!) : null;
        _fieldLead = _method == ParsingMethod.JsonField ? AnswerPattern.Compile($"\"{Regex.Escape(_path[^1])}\"\\s*:\\s*\"?") : null;
        // <\/?think> is written without what a pattern adds to it.
        _markers = ReasoningMarkers.All.Except([
            .. _labels,
            .. _parsing.Aliases.Keys,
            _parsing.Pattern?.Replace("\\", "", StringComparison.Ordinal).Replace("?", "", StringComparison.Ordinal) ?? "",
        ]);
    }

    /// <summary>Creates a parser for answers that may be any text.</summary>
    /// <param name="parsing">The options; <see cref="ParsingSpec.FindProblem"/> finds none in them.</param>
    /// <param name="method">The method.</param>
    public static AnswerParser ForTexts(ParsingSpec parsing, ParsingMethod method)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        return new AnswerParser(parsing, method, [], isClosed: false);
    }

    /// <summary>Creates a parser for answers that are one of a closed list of labels.</summary>
    /// <param name="parsing">The options; <see cref="ParsingSpec.FindProblem"/> finds none in them.</param>
    /// <param name="method">The method.</param>
    /// <param name="labels">The labels, in the order of the choice letters.</param>
    public static AnswerParser ForLabels(ParsingSpec parsing, ParsingMethod method, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        ArgumentNullException.ThrowIfNull(labels);
        return new AnswerParser(parsing, method, labels, isClosed: true);
    }

    /// <summary>
    /// The markers by which reasoning is kept apart from a sample's answers: all but those that the spec or a reference contains.
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

        var text = answer.Answer;
        if (_method == ParsingMethod.Text)
        {
            return _isClosed ? Close(text) : new Parsed(text);
        }

        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            return new Unparsable(UnparsableReasons.Empty);
        }

        return _method switch
        {
            ParsingMethod.Label => Close(Unquote(trimmed).ToString()),
            ParsingMethod.Integer => ParseInteger(Unquote(trimmed)),
            ParsingMethod.Choice => ParseChoice(Unquote(trimmed)),
            ParsingMethod.JsonField => ParseJsonField(trimmed.ToString()),
            ParsingMethod.Regex => ParseRegex(text),
            _ => throw new InvalidOperationException($"Unknown parsing method {_method}."),
        };
    }

    /// <summary>
    /// Reads a model's text leniently: as <see cref="Parse(string)"/> does or, where that fails, by the one label, integer, choice letter,
    /// JSON object or last match that it
    /// contains, whatever stands around it. A text with several of them is not read.
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

        return AnswerPattern.ReadInTime(() => ReadLeniently(answer.Answer), late: null);
    }

    /// <summary>The probability of each label, from the alternatives to an answer's tokens.</summary>
    /// <param name="tokens">The answer's tokens with their likeliest alternatives.</param>
    /// <returns>The probabilities; null when the answer has no place for a label, or its alternatives account for everything and none leads
    /// to a label.</returns>
    public LabelReading? ReadLabelProbabilities(IReadOnlyList<AnswerToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        // Some servers give the end token among the answer's, where a pattern does not expect it.
        return (LabelStart(Join(tokens)) ?? LabelStart(Join(tokens.SkipLast(1)))) is { } start
            ? new LabelProbabilities(_written).Read(tokens, start)
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
        return LabelStart(text) is { } start ? text[..(start + _written.OpeningLength(text[start..]))] : null;
    }

    /// <summary>A label as an answer has it: its choice letter, or its text as JSON escapes it.</summary>
    /// <param name="label">One of the labels.</param>
    public string WriteLabel(string label) =>
        _method switch
        {
            ParsingMethod.Choice => ((char)('A' + _labels.Index().First(item => item.Item == label).Index)).ToString(),
            ParsingMethod.JsonField => JsonEncodedText.Encode(label, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
            _ => label,
        };

    /// <summary>Where in an answer the label begins, what may stand before it included; null when it has no place for one.</summary>
    private int? LabelStart(string text)
    {
        switch (_method)
        {
            case ParsingMethod.Regex:
                return Match(_pattern!, text) is { } match ? ValueOf(match)?.Index : null;
            case ParsingMethod.JsonField:
                return Match(_fieldLead!, text) is { } field ? field.Index + field.Length : null;
            default:
                return 0;
        }
    }

    /// <summary>
    /// A reference in the spelling that <see cref="Parse(string)"/> gives equal answers: with <c>integer</c> outside classification
    /// <c>+07</c> becomes <c>7</c>; everything else stays.
    /// </summary>
    /// <param name="reference">A sample's reference.</param>
    public string NormalizeReference(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return _method == ParsingMethod.Integer && !_isClosed && IntegerText.TryNormalize(reference.AsSpan().Trim(), out var integer)
            ? integer
            : reference;
    }

    /// <summary>
    /// For classification the value must be a label or an alias of one; otherwise an alias is replaced and any value will do.
    /// </summary>
    private ParseResult Close(string value)
    {
        if (_spellings.TryGetValue(value, out var label))
        {
            return new Parsed(label);
        }

        return _isClosed ? new Unparsable(UnparsableReasons.NotALabel) : new Parsed(value);
    }

    private ParseResult ParseInteger(ReadOnlySpan<char> text)
    {
        if (!IntegerText.TryNormalize(text, out var integer))
        {
            return new Unparsable(UnparsableReasons.NotAnInteger);
        }

        return _integers.TryGetValue(integer, out var label) ? new Parsed(label) : Close(integer);
    }

    private ParseResult ParseChoice(ReadOnlySpan<char> text)
    {
        var letter = text switch
        {
            [_] or [_, ')'] or [_, '.'] => text[0],
            ['(', _, ')'] => text[1],
            _ => '\0',
        };
        if (_parsing.IgnoreCase && char.IsAsciiLetterLower(letter))
        {
            letter = char.ToUpperInvariant(letter);
        }

        var index = letter - 'A';
        return char.IsAsciiLetterUpper(letter) && index < _labels.Count
            ? new Parsed(_labels[index])
            : new Unparsable(UnparsableReasons.NotAChoice);
    }

    private ParseResult ParseJsonField(string text) =>
        ReadJsonField(text) switch
        {
            JsonField.Found found => Close(found.Value),
            JsonField.Missing missing => new Unparsable(missing.Reason),
            _ => throw new InvalidOperationException("Unknown result of reading a JSON field."),
        };

    private JsonField ReadJsonField(string text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, JsonOptions);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two are half a surrogate pair in the text or in a name that escapes it, which is no character.
            return new JsonField.Missing(UnparsableReasons.NotAJsonObject);
        }

        using (document)
        {
            var value = document.RootElement;
            if (value.ValueKind != JsonValueKind.Object)
            {
                return new JsonField.Missing(UnparsableReasons.NotAJsonObject);
            }

            foreach (var name in _path)
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                {
                    return new JsonField.Missing(UnparsableReasons.MissingField);
                }
            }

            try
            {
                return JsonText.TryRead(value, out var found)
                    ? new JsonField.Found(found)
                    : new JsonField.Missing(UnparsableReasons.FieldType);
            }
            catch (InvalidOperationException)
            {
                // A text that escapes half a surrogate pair.
                return new JsonField.Missing(UnparsableReasons.NotAJsonObject);
            }
        }
    }

    private ParseResult ParseRegex(string text) =>
        AnswerPattern.ReadInTime<ParseResult>(
            () =>
            {
                var match = _pattern!.Match(text);
                if (!match.Success)
                {
                    return new Unparsable(UnparsableReasons.NoMatch);
                }

                if (match.NextMatch().Success)
                {
                    return new Unparsable(UnparsableReasons.SeveralMatches);
                }

                return ValueOf(match) is { } value ? Close(value.Value) : new Unparsable(UnparsableReasons.NoMatch);
            },
            late: new Unparsable(UnparsableReasons.MatchTimeout)
        );

    private static Match? Match(Regex pattern, string text) =>
        AnswerPattern.ReadInTime(() => pattern.Match(text) is { Success: true } match ? match : null, late: null);

    private string? ReadLeniently(string text) =>
        _method switch
        {
            ParsingMethod.Label or ParsingMethod.Text => CloseLeniently(text),
            ParsingMethod.Integer => LenientReading.OnlyInteger(text) is { } integer && ParseInteger(integer) is Parsed parsed
                ? parsed.Value
                : null,
            ParsingMethod.Choice => LenientReading.OnlyChoice(text, _labels.Count) is { } letter ? _labels[letter - 'A'] : null,
            ParsingMethod.JsonField => LenientReading.JsonObjects(text).Select(ReadJsonField).OfType<JsonField.Found>().FirstOrDefault()
                is { } field
                ? CloseLeniently(field.Value)
                : null,
            ParsingMethod.Regex => LastMatch(text) is { } match ? CloseLeniently(match) : null,
            _ => null,
        };

    private string? LastMatch(string text) =>
        AnswerPattern.Matches(_pattern!, text).LastOrDefault() is { } match ? ValueOf(match)?.Value : null;

    /// <summary>The match, or the group that took part in it: an alternation has a group for each branch.</summary>
    private static Group? ValueOf(Match match) =>
        match.Groups.Count == 1 ? match : match.Groups.Values.Skip(1).FirstOrDefault(group => group.Success);

    private string? CloseLeniently(string value) =>
        Close(Unquote(value.AsSpan().Trim()).ToString()) is Parsed parsed ? parsed.Value : _mentions.FindOnly(value);

    /// <summary>Removes one pair of quotes, and nothing inside them.</summary>
    private ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text) =>
        _parsing.StripQuotes && text is ['"', .., '"'] or ['\'', .., '\''] or ['`', .., '`'] or ['“', .., '”'] ? text[1..^1] : text;

    /// <summary>What was found of a field in a JSON object.</summary>
    private abstract record JsonField
    {
        public sealed record Found(string Value) : JsonField;

        public sealed record Missing(string Reason) : JsonField;
    }
}
