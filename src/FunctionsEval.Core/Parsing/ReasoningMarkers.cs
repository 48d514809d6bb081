using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Keeps the reasoning that models write between markers (<c>&lt;think&gt;…&lt;/think&gt;</c>) apart from the answer. The markers are those
/// that the reasoning parsers of vLLM 0.12 and SGLang 0.5 know, and those that prompts commonly ask for. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Reasoning is: what stands between an opening marker and the first closing marker of its kind; what stands before a closing marker that
/// was not opened (the opening is in the prompt); and what follows an opening marker at the beginning of a line that is not closed (the
/// answer was cut). A marker is text where it is quoted, where the code fence around it belongs to the answer, where the whole text is one
/// JSON value, and where the spec or a reference contains it (<see cref="Except"/>). Words that documents use as well
/// (<c>&lt;reasoning&gt;</c>) are markers only where the text, or what follows other reasoning, begins with them.
/// </remarks>
public sealed class ReasoningMarkers
{
    private static readonly MarkerPair[] Pairs =
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

    private static readonly Dictionary<string, (MarkerPair Pair, bool IsClosing)> Markers = Pairs
        .SelectMany(pair => new[] { (Text: pair.Open, Pair: pair, IsClosing: false), (Text: pair.Close, Pair: pair, IsClosing: true) })
        .ToDictionary(marker => marker.Text, marker => (marker.Pair, marker.IsClosing), StringComparer.OrdinalIgnoreCase);

    private static readonly Regex MarkerPattern = new(
        string.Join('|', Markers.Keys.Select(Regex.Escape)),
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled
    );

    private readonly IReadOnlySet<MarkerPair> _text;
    private readonly bool _isHarmonyText;

    private ReasoningMarkers(IReadOnlySet<MarkerPair> text, bool isHarmonyText)
    {
        (_text, _isHarmonyText) = (text, isHarmonyText);
    }

    /// <summary>All markers.</summary>
    public static ReasoningMarkers All { get; } = new(new HashSet<MarkerPair>(), isHarmonyText: false);

    /// <summary>These markers without those that one of the texts contains: there they are what an answer consists of.</summary>
    /// <param name="texts">Labels and patterns of a spec, references of a sample.</param>
    public ReasoningMarkers Except(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        HashSet<MarkerPair>? found = null;
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

    private static ReasoningMarker ToMarker(Match match)
    {
        var (pair, isClosing) = Markers[match.Value];
        return new ReasoningMarker(pair, isClosing, match.Index, match.Index + match.Length);
    }

    private static ModelText Separate(string text, IReadOnlyList<ReasoningMarker> markers)
    {
        var parts = new ReasoningParts(text);
        // Opening markers that are text: what closes one of them is text as well.
        var asText = new Dictionary<MarkerPair, int>();
        var lastClosing = new Dictionary<MarkerPair, int>();
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

        bool IsClosedLater(MarkerPair pair, int index) => lastClosing.GetValueOrDefault(pair, -1) > index;
    }

    private static bool Opens(ReasoningParts parts, ReasoningMarker marker, bool isClosed)
    {
        if (marker.Pair.IsWord)
        {
            return parts.IsAtBeginning(marker.Start) && (isClosed || !marker.Pair.IsProse);
        }

        return isClosed ? !parts.IsInFence(marker) : parts.IsAtLineStart(marker.Start) && !parts.IsInFence(marker);
    }

    private static bool IsQuoted(string text, ReasoningMarker marker) =>
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
}
