using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>The tool calls of an answer while they arrive, whole or in pieces.</summary>
internal sealed class ToolCallPieces
{
    /// <summary>Maximum number of calls of an answer.</summary>
    public const int MaxCalls = 256;

    private const int BytesPerCall = 200;

    private readonly List<Call> _calls = [];

    /// <summary>Whether anything is called.</summary>
    public bool IsAny => _calls.Count > 0;

    /// <summary>Whether more is called than <see cref="MaxCalls"/>.</summary>
    public bool IsTooMany { get; private set; }

    /// <summary>Memory that they take, about.</summary>
    public long KeptBytes => _calls.Sum(call => BytesPerCall + (2L * (call.Name.Length + call.Arguments.Length)));

    /// <summary>Adds the calls of a message, or pieces of them: <c>tool_calls</c>, or the older <c>function_call</c>.</summary>
    /// <param name="message">The message, or the piece of one.</param>
    /// <returns>Whether there was any.</returns>
    public bool Add(JsonElement message)
    {
        var isAny = false;
        if (message.Get("tool_calls") is { ValueKind: JsonValueKind.Array } pieces)
        {
            foreach (var piece in pieces.EnumerateArray().Where(piece => piece.ValueKind == JsonValueKind.Object))
            {
                isAny = true;
                Add(Find(piece, piece.Get("function") ?? piece), piece.Get("function") ?? piece);
            }
        }

        if (message.Get("function_call") is { ValueKind: JsonValueKind.Object } function)
        {
            isAny = true;
            Add(_calls.Find(call => call.IsFunctionCall) ?? Begin(new Call { IsFunctionCall = true }), function);
        }

        return isAny;
    }

    /// <summary>Adds a whole call.</summary>
    /// <param name="id">What the tool's turn refers to it by; null for none.</param>
    /// <param name="name">The function's name.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Add(string? id, string name, string arguments)
    {
        if (Begin(new Call { Id = id, Name = name }) is { } call)
        {
            call.Arguments.Append(arguments);
        }
    }

    /// <summary>Notes that more is called than is kept.</summary>
    public void Overflow() => IsTooMany = true;

    /// <summary>The calls, in the model's order. One without arguments has those of an empty object.</summary>
    public IReadOnlyList<ToolCall> ToList() =>
        [
            .. _calls.Select(call => new ToolCall(call.Name, call.Arguments.Length == 0 ? "{}" : call.Arguments.ToString())
            {
                Id = call.Id,
                IsFunctionCall = call.IsFunctionCall,
            }),
        ];

    /// <summary>
    /// The call that a piece belongs to: that of its <c>index</c>, unless another id says otherwise (Gemini gives all calls the index 0).
    /// Without an index, a piece with an id or a name of its own begins a call, and another one goes on with the last. Where calls share an
    /// index and have no ids, a name begins another call once the call before is written.
    /// </summary>
    private Call? Find(JsonElement piece, JsonElement function)
    {
        int? index =
            piece.Get("index") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var at) && at >= 0 ? at : null;
        var id = piece.Get("id")?.GetText() is { Length: > 0 } text ? text : null;
        var name = function.Get("name")?.GetText() is { Length: > 0 } given ? given : null;
        var known = index is null ? _calls.LastOrDefault() : _calls.FindLast(call => call.Index == index);
        var isSame =
            known is not null
            && (
                index is null
                    ? (id is null ? name is null : id == known.Id)
                    : id is null || name is null || known.Id is null || id == known.Id
            )
            && !(id is null && name is not null && known.IsFollowedBy(name, function.Get("arguments")));
        if (!isSame)
        {
            return Begin(new Call { Index = index, Id = id });
        }

        known!.Id ??= id;
        return known;
    }

    private Call? Begin(Call call)
    {
        if (_calls.Count == MaxCalls)
        {
            IsTooMany = true;
            return null;
        }

        _calls.Add(call);
        return call;
    }

    private static void Add(Call? call, JsonElement function)
    {
        if (call is null)
        {
            return;
        }

        // Some servers repeat the whole name with every piece.
        if (function.Get("name")?.GetText() is { } name && name != call.Name)
        {
            call.Name += name;
        }

        // A text, as the API has it; Ollama and others give the object itself.
        if (function.Get("arguments") is { } arguments)
        {
            call.Arguments.Append(arguments.GetText() ?? arguments.GetRawText());
        }
    }

    /// <summary>A call while it arrives.</summary>
    private sealed class Call
    {
        public int? Index { get; init; }

        public string? Id { get; set; }

        public bool IsFunctionCall { get; init; }

        public string Name { get; set; } = "";

        public StringBuilder Arguments { get; } = new();

        /// <summary>Whether a name begins another call: arguments follow it, and this call has all of its own.</summary>
        public bool IsFollowedBy(string name, JsonElement? arguments) =>
            Arguments.Length > 0
            && (
                name != Name || (arguments is { } more && more.GetText() is not "" && Arguments[^1] == '}' && IsJson(Arguments.ToString()))
            );

        private static bool IsJson(string text)
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
