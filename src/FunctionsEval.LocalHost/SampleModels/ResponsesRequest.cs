using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>The body of <c>POST /v1/responses</c>. Fields not named here are ignored, as far as the API has them.</summary>
internal sealed record ResponsesRequest : CompletionRequest
{
    /// <summary>A text, or a list of items.</summary>
    public JsonElement? Input { get; init; }

    public string? Instructions { get; init; }
    public int? MaxOutputTokens { get; init; }
    public int? TopLogprobs { get; init; }
    public IReadOnlyList<string>? Include { get; init; }
    public IReadOnlyList<ChatRequestFunction>? Tools { get; init; }

    /// <summary>Whether tools may be called, and which; kept as it is.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Fields of chat completions, which this API refuses.</summary>
    public JsonElement? Messages { get; init; }

    /// <inheritdoc cref="Messages"/>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>Whether log probabilities of the answer are asked for.</summary>
    [JsonIgnore]
    public bool WantsLogprobs => Include?.Contains("message.output_text.logprobs") == true;

    /// <summary>The same request in the words of chat completions; null for input that cannot be read.</summary>
    public ChatRequest? ToChat() =>
        ReadInput() is not { } messages
            ? null
            : new ChatRequest
            {
                Model = Model,
                Temperature = Temperature,
                Stream = Stream,
                Messages = Instructions is null ? messages : [new ChatRequestMessage("developer", Instructions), .. messages],
                MaxCompletionTokens = MaxOutputTokens,
                Logprobs = WantsLogprobs,
                TopLogprobs = WantsLogprobs ? TopLogprobs : null,
                Tools = Tools is null ? null : [.. Tools.Select(tool => new ChatRequestTool("function", tool))],
                ToolChoice = ToolChoice,
            };

    private List<ChatRequestMessage>? ReadInput()
    {
        if (Input is { ValueKind: JsonValueKind.String } text)
        {
            return [new ChatRequestMessage("user", text.GetString())];
        }

        if (Input is not { ValueKind: JsonValueKind.Array } items)
        {
            return null;
        }

        var messages = new List<ChatRequestMessage>();
        foreach (var item in items.EnumerateArray())
        {
            if (Read(item) is not { } message)
            {
                return null;
            }

            messages.Add(message);
        }

        return messages;
    }

    /// <summary>An item as a message; null for one that cannot be read.</summary>
    private static ChatRequestMessage? Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return TextOf(item, "type") switch
        {
            null or "message" => ContentOf(item, "content") is { } content ? new ChatRequestMessage(TextOf(item, "role"), content) : null,
            "function_call" => new ChatRequestMessage("assistant", Content: null),
            "function_call_output" => ContentOf(item, "output") is { } output ? new ChatRequestMessage("tool", output) : null,
            _ => null,
        };
    }

    /// <summary>A text, or the texts of a list of parts; null for anything else.</summary>
    private static string? ContentOf(JsonElement item, string name)
    {
        if (!item.TryGetProperty(name, out var content) || content.ValueKind != JsonValueKind.Array)
        {
            return TextOf(item, name);
        }

        var texts = content.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.Object ? TextOf(part, "text") : null).ToList();
        return texts.Contains(null) ? null : string.Concat(texts);
    }

    private static string? TextOf(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
