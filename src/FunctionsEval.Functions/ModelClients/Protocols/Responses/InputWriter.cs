using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Protocols.Responses;

/// <summary>
/// Writes a conversation as input items. Instructions stay turns in their roles and places, as in chat completions, so that a tuned model
/// reads what it was tuned on.
/// </summary>
internal static class InputWriter
{
    /// <summary>Writes <c>input</c>.</summary>
    /// <param name="json">The body, in its object.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sent">What is sent in another form than the usual one.</param>
    public static void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent)
    {
        json.WriteStartArray("input");
        if (request.Messages.Count == 0)
        {
            WriteMessage(json, new ChatMessage("user", request.ScoredText ?? ""));
        }

        var calls = new CallIds();
        foreach (var turn in RequestMessages.Prepare(request.Messages, sent))
        {
            WriteTurn(json, turn, calls);
        }

        json.WriteEndArray();
    }

    private static void WriteTurn(Utf8JsonWriter json, ChatMessage turn, CallIds calls)
    {
        if (turn.Role is "tool" or "function")
        {
            json.WriteStartObject();
            json.WriteString("type", "function_call_output");
            json.WriteString("call_id", calls.Answer(turn));
            WriteContent(json, "output", turn, "input_text");
            json.WriteEndObject();
            return;
        }

        if (turn.ToolCalls.Count == 0 || turn.Content.Length > 0 || turn.Parts.Count > 0)
        {
            WriteMessage(json, turn);
        }

        foreach (var call in turn.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("type", "function_call");
            json.WriteString("call_id", calls.Open(call));
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage turn)
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteString("role", turn.Role);
        if (turn.Role == "assistant")
        {
            // Servers that go by the API's description take an assistant's turn as a list of parts only.
            WriteParts(json, "content", turn.Parts.Count > 0 ? turn.Parts : [new TextPart(turn.Content)], "output_text");
        }
        else
        {
            WriteContent(json, "content", turn, "input_text");
        }

        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, string name, ChatMessage turn, string textType)
    {
        if (turn.Parts.Count > 0)
        {
            WriteParts(json, name, turn.Parts, textType);
        }
        else
        {
            json.WriteString(name, turn.Content);
        }
    }

    private static void WriteParts(Utf8JsonWriter json, string name, IReadOnlyList<ContentPart> parts, string textType)
    {
        json.WriteStartArray(name);
        foreach (var part in parts)
        {
            json.WriteStartObject();
            switch (part)
            {
                case TextPart text:
                    json.WriteString("type", textType);
                    json.WriteString("text", text.Text);
                    break;
                case ImagePart image:
                    json.WriteString("type", "input_image");
                    json.WriteString("image_url", image.Url);
                    // The API asks for it; chat completions take it to be this where the row says nothing.
                    json.WriteString("detail", image.Detail ?? "auto");
                    break;
                default:
                    throw new InvalidOperationException($"Unknown part of a turn: {part.GetType().Name}.");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The ids by which results refer to calls, which calls in the older form do not have.</summary>
    private sealed class CallIds
    {
        private readonly List<(string Id, string Name)> _open = [];
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

        /// <summary>The id of a call.</summary>
        public string Open(ToolCall call)
        {
            var id = call.Id is { Length: > 0 } given ? given : Make();
            _ids.Add(id);
            _open.Add((id, call.Name));
            return id;
        }

        /// <summary>
        /// The id of the call whose result a turn is: the one it names, else the first without a result, of its name if there is one.
        /// </summary>
        public string Answer(ChatMessage turn)
        {
            var at =
                turn.ToolCallId is { } id ? _open.FindIndex(call => call.Id == id)
                : _open.FindIndex(call => call.Name == turn.Name) is >= 0 and var named ? named
                : turn.Name is null && _open.Count > 0 ? 0
                : -1;
            if (at < 0)
            {
                return turn.ToolCallId ?? Make();
            }

            var answered = _open[at].Id;
            _open.RemoveAt(at);
            return answered;
        }

        private string Make()
        {
            var number = _ids.Count + 1;
            while (!_ids.Add($"call_{number}"))
            {
                number++;
            }

            return $"call_{number}";
        }
    }
}
