using System.Text.Json;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>
/// The items of an answer of the Responses API, whole or while their pieces arrive, in the order of their places and not of their arrival:
/// messages, calls of tools, reasoning. Items of other types (calls of hosted tools) are no part of an answer and are ignored.
/// </summary>
internal sealed class OutputItems
{
    // Items and their parts; no model comes near it.
    private const int MaxPlaces = 4096;
    private const int BytesPerPlace = 400;

    /// <summary>
    /// The events that say a text: of which part, which field has the part's place and which the text, and whether it is all of it.
    /// </summary>
    private static readonly Dictionary<string, (PartKind Kind, string? Place, string Text, bool IsWhole)> Events = new(
        StringComparer.Ordinal
    )
    {
        ["response.output_text.delta"] = (PartKind.Text, "content_index", "delta", false),
        ["response.output_text.done"] = (PartKind.Text, "content_index", "text", true),
        ["response.refusal.delta"] = (PartKind.Text, "content_index", "delta", false),
        ["response.refusal.done"] = (PartKind.Text, "content_index", "refusal", true),
        ["response.function_call_arguments.delta"] = (PartKind.Arguments, null, "delta", false),
        ["response.function_call_arguments.done"] = (PartKind.Arguments, null, "arguments", true),
        ["response.custom_tool_call_input.delta"] = (PartKind.Arguments, null, "delta", false),
        ["response.custom_tool_call_input.done"] = (PartKind.Arguments, null, "input", true),
        ["response.reasoning_summary_text.delta"] = (PartKind.Summary, "summary_index", "delta", false),
        ["response.reasoning_summary_text.done"] = (PartKind.Summary, "summary_index", "text", true),
        ["response.reasoning_text.delta"] = (PartKind.Thought, "content_index", "delta", false),
        ["response.reasoning_text.done"] = (PartKind.Thought, "content_index", "text", true),
    };

    private readonly SortedDictionary<int, OutputItem> _items = [];
    private int _places;
    private bool _isTooMuch;

    /// <summary>Memory that they take, about.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Takes every item of a response's <c>output</c>.</summary>
    /// <param name="output">The list; anything else has no items.</param>
    /// <returns>The same items.</returns>
    public OutputItems SetAll(JsonElement? output)
    {
        if (output is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var (index, item) in list.EnumerateArray().Index())
            {
                Set(index, item);
            }
        }

        return this;
    }

    /// <summary>Takes an event that says something of an item or of a part of one.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="data">The event.</param>
    /// <returns>Whether it says more of the answer than was known.</returns>
    public bool Read(string type, JsonElement data)
    {
        var index = IndexOf(data.Get("output_index"));
        if (type is "response.output_item.added" or "response.output_item.done")
        {
            return data.Get("item") is { } item && Set(index, item);
        }

        if (!Events.TryGetValue(type, out var said))
        {
            return false;
        }

        if (said.Kind == PartKind.Arguments && Item(index) is { } call)
        {
            call.IsCall = true;
            SetName(call, data);
        }

        var place = said.Place is { } field ? IndexOf(data.Get(field)) : 0;
        return Take(index, said.Kind, place, TextOf(data, said.Text), data.Get("logprobs"), said.IsWhole);
    }

    /// <summary>Adds the items to an answer.</summary>
    /// <param name="answer">Takes them.</param>
    /// <param name="streamed">
    /// What came before in pieces. It counts where these items have no answer, no reasoning or no log probabilities: servers may leave any
    /// of them out of the last event.
    /// </param>
    public void AddTo(PartialAnswer answer, OutputItems? streamed = null)
    {
        var said = !HasAnswer && streamed is { HasAnswer: true } ? streamed : this;
        var hasCall = false;
        foreach (var item in said._items.Values.Where(item => item.IsCall))
        {
            hasCall = true;
            answer.Calls.Add(item.CallId, item.Name ?? "", item.Arguments);
        }

        if (said._isTooMuch)
        {
            answer.Calls.Overflow();
        }

        answer.AddWhole(said.Text, Reasoning ?? streamed?.Reasoning, hasCall);
        var tokens = said.Tokens.Any() || streamed is null ? said.Tokens : streamed.Tokens;
        foreach (var token in tokens)
        {
            answer.AddLogProbability(token.LogProbability, token.Text);
            answer.AddToken(token.WithTop);
        }
    }

    private bool HasAnswer => _items.Values.Any(item => item.IsCall || item.Parts(PartKind.Text).Any(part => part.HasText));

    private string Text => string.Concat(_items.Values.SelectMany(item => item.Parts(PartKind.Text)).Select(part => part.Text));

    /// <summary>The reasoning; null where there is none, empty where there is some and not said what.</summary>
    private string? Reasoning
    {
        get
        {
            var thoughtful = _items.Values.Where(item => item.HasReasoning).ToList();
            return thoughtful.Count == 0
                ? null
                : string.Join("\n\n", thoughtful.Select(item => item.Reasoning).Where(text => text.Length > 0));
        }
    }

    private IEnumerable<OutputToken> Tokens => _items.Values.SelectMany(item => item.Parts(PartKind.Text)).SelectMany(part => part.Tokens);

    /// <summary>Takes an item, as far as it says something.</summary>
    private bool Set(int index, JsonElement item) =>
        item.Get("type")?.GetText() switch
        {
            "message" => SetMessage(index, item),
            "function_call" => SetCall(index, item, "arguments"),
            "custom_tool_call" => SetCall(index, item, "input"),
            "reasoning" => SetReasoning(index, item),
            null when item.Get("content") is not null => SetMessage(index, item),
            _ => false,
        };

    private bool SetMessage(int index, JsonElement item)
    {
        // A text in the place of the list of parts, as in requests.
        if (item.Get("content") is not { ValueKind: JsonValueKind.Array } parts)
        {
            return Take(index, PartKind.Text, 0, TextOf(item, "content"), null, isWhole: true);
        }

        var isNew = false;
        foreach (var (place, part) in parts.EnumerateArray().Index())
        {
            var text = part.Get("type")?.GetText() switch
            {
                "output_text" or "text" or null => part.GetText() ?? TextOf(part, "text"),
                "refusal" => TextOf(part, "refusal"),
                _ => "",
            };
            isNew |= Take(index, PartKind.Text, place, text, part.Get("logprobs"), isWhole: true);
        }

        return isNew;
    }

    private bool SetCall(int index, JsonElement item, string arguments)
    {
        if (Item(index) is not { } call)
        {
            return false;
        }

        var isNew = !call.IsCall || call.Name is null;
        call.IsCall = true;
        call.CallId ??= item.Get("call_id")?.GetText() ?? item.Get("id")?.GetText();
        SetName(call, item);
        return Take(index, PartKind.Arguments, 0, TextOf(item, arguments), null, isWhole: true) || isNew;
    }

    private bool SetReasoning(int index, JsonElement item)
    {
        if (Item(index) is not { } thought)
        {
            return false;
        }

        // Without a text it says nothing yet: the time to the first token is that of the first text.
        var isNew = false;
        thought.IsReasoning = true;
        foreach (var (kind, field) in ((PartKind, string)[])[(PartKind.Summary, "summary"), (PartKind.Thought, "content")])
        {
            if (item.Get(field) is { ValueKind: JsonValueKind.Array } parts)
            {
                foreach (var (place, part) in parts.EnumerateArray().Index())
                {
                    isNew |= Take(index, kind, place, part.GetText() ?? TextOf(part, "text"), null, isWhole: true);
                }
            }
        }

        return isNew;
    }

    private static void SetName(OutputItem call, JsonElement data) =>
        call.Name ??= data.Get("name")?.GetText() is { Length: > 0 } name ? name : null;

    /// <summary>Takes text of a part: all of it, or a piece.</summary>
    /// <returns>Whether it says more than was known.</returns>
    private bool Take(int index, PartKind kind, int place, string text, JsonElement? logProbabilities, bool isWhole)
    {
        // A token may be half a character, and its piece then has no text.
        var hasTokens = !isWhole && logProbabilities is { ValueKind: JsonValueKind.Array } tokens && tokens.GetArrayLength() > 0;
        if ((text.Length == 0 && !hasTokens) || Item(index) is not { } item)
        {
            return false;
        }

        var part = item.Find(kind, place);
        if (part is null)
        {
            if (!HasRoom())
            {
                return false;
            }

            part = item.Add(kind, place);
        }

        var before = part.KeptBytes;
        var isNew = isWhole ? part.Set(text, logProbabilities) : part.Append(text, logProbabilities);
        KeptBytes += part.KeptBytes - before;
        return isNew;
    }

    private OutputItem? Item(int index)
    {
        if (!_items.TryGetValue(index, out var item) && HasRoom())
        {
            _items[index] = item = new OutputItem();
        }

        return item;
    }

    private bool HasRoom()
    {
        if (_places == MaxPlaces)
        {
            _isTooMuch = true;
            return false;
        }

        _places++;
        KeptBytes += BytesPerPlace;
        return true;
    }

    private static int IndexOf(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var index) ? index : 0;

    // Arguments may come as the object itself.
    private static string TextOf(JsonElement element, string field) =>
        element.Get(field) is { } value
            ? value.GetText() ?? (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? value.GetRawText() : "")
            : "";
}
