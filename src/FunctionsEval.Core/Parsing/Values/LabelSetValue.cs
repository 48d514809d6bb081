using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Parsing.Values;

/// <summary>
/// A set of labels from a closed list: a JSON list of them, one a line, or in one line with the delimiter that the spec states. The
/// canonical text is a JSON list in the order of the spec's labels, each once.
/// </summary>
internal sealed class LabelSetValue : AnswerValue
{
    /// <summary>No label at all.</summary>
    public const string Empty = "[]";

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 2 };

    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ParsingSpec _parsing;
    private readonly IReadOnlyList<string> _labels;
    private readonly Dictionary<string, int> _indexes;
    private readonly LabelMentions _mentions;

    /// <param name="parsing">Delimiter, letter case, quotes and aliases.</param>
    /// <param name="labels">The labels.</param>
    public LabelSetValue(ParsingSpec parsing, IReadOnlyList<string> labels)
    {
        _parsing = parsing;
        _labels = labels;
        _indexes = new Dictionary<string, int>(parsing.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var (index, label) in labels.Index())
        {
            _indexes[label] = index;
        }

        var spellings = labels.ToDictionary(label => label, label => label, StringComparer.Ordinal);
        foreach (var (spelling, label) in parsing.Aliases)
        {
            spellings[spelling] = label;
            _indexes[spelling] = _indexes[label];
        }

        _mentions = new LabelMentions(spellings);
    }

    /// <inheritdoc/>
    public override bool TakesLists => true;

    /// <inheritdoc/>
    public override ParseResult Read(string text)
    {
        text = text.Trim();
        if (_indexes.TryGetValue(Unquote(text), out var only))
        {
            return Write([only]);
        }

        if (IsNoLabel(text))
        {
            return new Parsed(Empty);
        }

        if (text.StartsWith('['))
        {
            return ReadJson(text) is { } elements ? ReadAll(elements, isText: false) : new Unparsable(UnparsableReasons.NotALabelList);
        }

        return ReadAll(text.Split(_parsing.Delimiter ?? "\n"), isText: true);
    }

    /// <summary>
    /// Reads a list: each element is a label or an alias.
    /// </summary>
    /// <param name="labels">The elements.</param>
    public ParseResult ReadList(IReadOnlyList<string> labels) => ReadAll(labels, isText: false);

    /// <summary>
    /// The labels of the first JSON list in the text that consists of labels, whatever stands around it; without one all labels that the
    /// text mentions.
    /// </summary>
    /// <inheritdoc/>
    public override string? ReadLeniently(string text)
    {
        if (JsonLists(text).Select(Read).OfType<Parsed>().FirstOrDefault() is { } list)
        {
            return list.Value;
        }

        var mentioned = _mentions.FindAll(text).Select(label => _indexes[label]).ToArray();
        return mentioned.Length > 0 ? Write(mentioned).Value : null;
    }

    /// <inheritdoc/>
    public override string? ReadCanonical(string text) =>
        ReadJson(text) is { } labels && ReadAll(labels, isText: false) is Parsed parsed ? parsed.Value : null;

    /// <summary>The elements of a JSON list of texts; null for anything else.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string>? ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var elements = new List<string>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (!JsonText.TryRead(element, out var label))
                {
                    return null;
                }

                elements.Add(label);
            }

            return elements;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two are half a surrogate pair, which is no character.
            return null;
        }
    }

    private ParseResult ReadAll(IEnumerable<string> parts, bool isText)
    {
        var found = new HashSet<int>();
        foreach (var part in parts)
        {
            var label = part.Trim();
            if (label.Length == 0)
            {
                return new Unparsable(UnparsableReasons.NotALabelList);
            }

            if (!_indexes.TryGetValue(isText ? Unquote(label) : label, out var index))
            {
                return new Unparsable(UnparsableReasons.NotALabel);
            }

            found.Add(index);
        }

        return Write(found);
    }

    private Parsed Write(IEnumerable<int> indexes) =>
        new(JsonSerializer.Serialize(indexes.Distinct().Order().Select(index => _labels[index]), Written));

    private bool IsNoLabel(string text) =>
        _parsing.NoLabel is { } none
        && Unquote(text).Equals(none.Trim(), _parsing.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private string Unquote(string text) =>
        _parsing.StripQuotes && text is ['"', .., '"'] or ['\'', .., '\''] or ['`', .., '`'] or ['“', .., '”'] ? text[1..^1] : text;

    /// <summary>
    /// The pieces from each opening bracket to the next closing one: a list of texts has none inside it but in its texts.
    /// </summary>
    private static IEnumerable<string> JsonLists(string text)
    {
        for (var start = text.IndexOf('[', StringComparison.Ordinal); start >= 0; )
        {
            var end = text.IndexOf(']', start);
            if (end < 0)
            {
                yield break;
            }

            yield return text[start..(end + 1)];
            start = text.IndexOf('[', end);
        }
    }
}
