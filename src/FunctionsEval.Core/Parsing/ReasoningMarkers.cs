using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Keeps the reasoning that models write between markers (<c>&lt;think&gt;…&lt;/think&gt;</c>) apart from the answer. The markers are those
/// that the
/// reasoning parsers of vLLM 0.12 and SGLang 0.5 know, and those that prompts commonly ask for. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Reasoning is: what stands between an opening marker and the first closing marker of its kind; what stands before a closing marker that
/// was
/// not opened (the opening is in the prompt); and what follows an opening marker at the beginning of a line that is not closed (the answer
/// was cut). A marker is text where it is quoted, where the code fence around it belongs to the answer, where the whole text is one JSON
/// value, and where the spec or a reference contains it (<see cref="Except"/>). Words that documents use as well (<c>&lt;reasoning&gt;</c>)
/// are markers only
/// where the text, or what follows other reasoning, begins with them.
/// </remarks>
public sealed partial class ReasoningMarkers
{
    private const string Fence = "```";

    private static readonly Pair[] Pairs =
    [
        // DeepSeek R1, Qwen 3, GLM 4.5, MiniMax M2, Hunyuan, ERNIE 4.5, Step 3, OLMo 3, Nemotron; Gemini in OpenAI's API; by prompt.
        new("<think>", "</think>"),
        new("<thinking>", "</thinking>"),
        new("<thought>", "</thought>"),
        // Seed-OSS, LongCat, MiniMax M3.
        new("<seed:think>", "</seed:think>"),
        new("<longcat_think>", "</longcat_think>"),
        new("<mm:think>", "</mm:think>"),
        // Magistral, Kimi, Cohere Command A, Gemma 4, OpenThinker and Sky-T1, Apertus, openPangu.
        new("[THINK]", "[/THINK]"),
        new("◁think▷", "◁/think▷"),
        new("<|START_THINKING|>", "<|END_THINKING|>"),
        new("<|channel>", "<channel|>"),
        new("<|begin_of_thought|>", "<|end_of_thought|>"),
        new("<|inner_prefix|>", "<|inner_suffix|>"),
        new("[unused16]", "[unused17]"),
        // By prompt, and in training sets.
        new("<thoughts>", "</thoughts>") { IsWord = true },
        new("<reasoning>", "</reasoning>") { IsWord = true },
        new("<reflection>", "</reflection>") { IsWord = true },
        new("<scratchpad>", "</scratchpad>") { IsWord = true },
        new("<analysis>", "</analysis>") { IsWord = true },
        // Granite 3.2.
        new("Here is my thought process:", "Here is my response:") { IsWord = true, IsProse = true },
        new("Here's my thought process:", "Here's my response:") { IsWord = true, IsProse = true },
    ];

    private static readonly Dictionary<string, (Pair Pair, bool IsClosing)> Markers = Pairs
        .SelectMany(pair => new[] { (Text: pair.Open, Pair: pair, IsClosing: false), (Text: pair.Close, Pair: pair, IsClosing: true) })
        .ToDictionary(marker => marker.Text, marker => (marker.Pair, marker.IsClosing), StringComparer.OrdinalIgnoreCase);

    private static readonly Regex MarkerPattern = new(
        string.Join('|', Markers.Keys.Select(Regex.Escape)),
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled
    );

    private readonly IReadOnlySet<Pair> _text;
    private readonly bool _isHarmonyText;

    private ReasoningMarkers(IReadOnlySet<Pair> text, bool isHarmonyText)
    {
        (_text, _isHarmonyText) = (text, isHarmonyText);
    }

    /// <summary>All markers.</summary>
    public static ReasoningMarkers All { get; } = new(new HashSet<Pair>(), isHarmonyText: false);

    /// <summary>These markers without those that one of the texts contains: there they are what an answer consists of.</summary>
    /// <param name="texts">Labels and patterns of a spec, references of a sample.</param>
    public ReasoningMarkers Except(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        HashSet<Pair>? found = null;
        var isHarmony = _isHarmonyText;
        foreach (var text in texts)
        {
            isHarmony |= HarmonyText.IsIn(text);
            foreach (Match match in MarkerPattern.Matches(text))
            {
                (found ??= []).Add(Markers[match.Value].Pair);
            }
        }

        return found is null && isHarmony == _isHarmonyText
            ? this
            : new ReasoningMarkers((found ?? []).Union(_text).ToHashSet(), isHarmony);
    }

    /// <summary>Keeps reasoning and answer apart. The answer of a text without reasoning is the text, character by character.</summary>
    /// <param name="text">The text as the model gave it.</param>
    public ModelText Separate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!_isHarmonyText && HarmonyText.TrySeparate(text) is { } harmony)
        {
            return harmony;
        }

        var matches = MarkerPattern.Matches(text);
        return matches.Count == 0 || IsJson(text)
            ? new ModelText(text, null)
            : Separate(text, [.. matches.Select(ToMarker).Where(marker => !_text.Contains(marker.Pair))]);
    }

    private static Marker ToMarker(Match match)
    {
        var (pair, isClosing) = Markers[match.Value];
        return new Marker(pair, isClosing, match.Index, match.Index + match.Length);
    }

    private static ModelText Separate(string text, IReadOnlyList<Marker> markers)
    {
        var parts = new Parts(text);
        // Opening markers that are text: what closes one of them is text as well.
        var asText = new Dictionary<Pair, int>();
        var lastClosing = new Dictionary<Pair, int>();
        foreach (var (index, marker) in markers.Index().Where(marker => marker.Item.IsClosing))
        {
            lastClosing[marker.Pair] = index;
        }

        foreach (var (index, marker) in markers.Index())
        {
            if (parts.Open is { } open)
            {
                if (marker.IsClosing && marker.Pair == open.Pair && (!IsQuoted(text, marker) || !IsClosedLater(marker.Pair, index)))
                {
                    parts.Close(marker);
                }
            }
            else if (IsQuoted(text, marker))
            {
                continue;
            }
            else if (!marker.IsClosing)
            {
                if (Opens(parts, marker, isClosed: IsClosedLater(marker.Pair, index)))
                {
                    parts.Begin(marker);
                }
                else
                {
                    asText[marker.Pair] = asText.GetValueOrDefault(marker.Pair) + 1;
                }
            }
            else if (asText.GetValueOrDefault(marker.Pair) is > 0 and var opened)
            {
                asText[marker.Pair] = opened - 1;
            }
            else if (!marker.Pair.IsWord)
            {
                parts.CloseUnopened(marker);
            }
        }

        return parts.ToText();

        bool IsClosedLater(Pair pair, int index) => lastClosing.GetValueOrDefault(pair, -1) > index;
    }

    private static bool Opens(Parts parts, Marker marker, bool isClosed)
    {
        if (marker.Pair.IsWord)
        {
            return parts.IsAtBeginning(marker.Start) && (isClosed || !marker.Pair.IsProse);
        }

        return isClosed ? !parts.IsInFence(marker) : parts.IsAtLineStart(marker.Start) && !parts.IsInFence(marker);
    }

    private static bool IsQuoted(string text, Marker marker) =>
        marker.Start > 0 && marker.End < text.Length && text[marker.Start - 1] is '`' or '"' && text[marker.End] == text[marker.Start - 1];

    private static bool IsJson(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[' or '"', ..])
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // The second is half a surrogate pair, which is no character.
            return false;
        }
    }

    /// <summary>An opening marker and the closing one of its kind.</summary>
    private sealed record Pair(string Open, string Close)
    {
        /// <summary>Whether documents use it as well, so that it is a marker only where a text begins with it.</summary>
        public bool IsWord { get; init; }

        /// <summary>Whether it is a sentence, so that it is a marker only where it is closed.</summary>
        public bool IsProse { get; init; }
    }

    private readonly record struct Marker(Pair Pair, bool IsClosing, int Start, int End);

    /// <summary>The parts of a text as far as it is read.</summary>
    private sealed partial class Parts(string text)
    {
        private readonly StringBuilder _answer = new();
        private readonly StringBuilder _reasoning = new();
        private readonly int _lastFence = text.LastIndexOf(Fence, StringComparison.Ordinal);
        private int _at;
        private int _content = -1;
        private int _fences;
        private int _fencesCountedTo;
        private bool _hasAnswer;
        private bool _hasReasoning;

        /// <summary>The marker after which the text is reasoning; null where it is answer.</summary>
        public Marker? Open { get; private set; }

        /// <summary>Whether nothing of the answer stands before a place.</summary>
        public bool IsAtBeginning(int place)
        {
            // Looked for once: a long text may ask for each of a hundred thousand markers.
            if (_content < _at)
            {
                var blank = text.AsSpan(_at).Length - text.AsSpan(_at).TrimStart().Length;
                _content = _at + blank;
            }

            return !_hasAnswer && _content >= place;
        }

        /// <summary>Whether only white space stands between a place and the beginning of its line, or the end of other reasoning.</summary>
        public bool IsAtLineStart(int place)
        {
            while (place > _at && char.IsWhiteSpace(text[place - 1]) && text[place - 1] != '\n')
            {
                place--;
            }

            return place == _at || text[place - 1] == '\n';
        }

        /// <summary>Whether a marker stands in a code fence of the answer. Asked of one marker after the other.</summary>
        public bool IsInFence(Marker marker)
        {
            _fences += text.AsSpan(_fencesCountedTo, marker.Start - _fencesCountedTo).Count(Fence);
            _fencesCountedTo = marker.Start;
            return (_fences & 1) == 1 && _lastFence > marker.Start;
        }

        public void Begin(Marker marker)
        {
            Answer(marker.Start);
            (Open, _at) = (marker, marker.End);
        }

        public void Close(Marker marker)
        {
            Reason(text[_at..marker.Start]);
            (Open, _at) = (null, marker.End);
            (_fences, _fencesCountedTo) = (0, marker.End);
        }

        /// <summary>Ends reasoning whose beginning is in the prompt. A marker too many at the end of an answer ends nothing.</summary>
        public void CloseUnopened(Marker marker)
        {
            Answer(marker.Start);
            if (!_hasReasoning || !text.AsSpan(marker.End).IsWhiteSpace())
            {
                Reason(_answer.ToString());
                _answer.Clear();
                _hasAnswer = false;
            }

            _at = marker.End;
            (_fences, _fencesCountedTo) = (0, marker.End);
        }

        public ModelText ToText()
        {
            if (Open is not null)
            {
                Reason(text[_at..]);
            }
            else
            {
                Answer(text.Length);
            }

            return _hasReasoning
                ? new ModelText(Wrapper().Replace(_answer.ToString(), "").Trim(), _reasoning.ToString())
                : new ModelText(text, null);
        }

        private void Answer(int end)
        {
            var part = text.AsSpan(_at, end - _at);
            _answer.Append(part);
            _hasAnswer |= !part.IsWhiteSpace();
        }

        private void Reason(string part)
        {
            _hasReasoning = true;
            if (!string.IsNullOrWhiteSpace(part))
            {
                _reasoning.Append(_reasoning.Length > 0 ? "\n" : "").Append(part.Trim());
            }
        }

        // What OpenThinker and Cohere's models write around the answer.
        [GeneratedRegex(
            @"\A\s*<\|(?:begin_of_solution|START_RESPONSE)\|>|<\|(?:end_of_solution|END_RESPONSE)\|>\s*\z",
            RegexOptions.CultureInvariant
        )]
        private static partial Regex Wrapper();
    }
}
