using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>What chat and text completion requests have in common. Fields not named here are ignored.</summary>
internal abstract record CompletionRequest
{
    public string? Model { get; init; }
    public double? Temperature { get; init; }
    public long? Seed { get; init; }
    public int? N { get; init; }
    public int? MaxTokens { get; init; }
    public bool? Stream { get; init; }
    public StreamOptions? StreamOptions { get; init; }

    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Stop { get; init; }
}

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatRequest : CompletionRequest
{
    public IReadOnlyList<ChatRequestMessage>? Messages { get; init; }
    public int? MaxCompletionTokens { get; init; }
    public bool? Logprobs { get; init; }
    public int? TopLogprobs { get; init; }
    public IReadOnlyList<ChatRequestTool>? Tools { get; init; }

    /// <summary>Whether tools may be called, and which; kept as it is.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>The names of the functions that may be called; none where <c>tool_choice</c> is <c>none</c>.</summary>
    public IReadOnlySet<string> CallableFunctions =>
        ToolChoice is { ValueKind: JsonValueKind.String } choice && choice.ValueEquals("none")
            ? new HashSet<string>()
            : (Tools ?? []).Select(tool => tool.Function?.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
}

internal sealed record ChatRequestTool(string? Type, ChatRequestFunction? Function);

internal sealed record ChatRequestFunction(string? Name);

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record TextRequest : CompletionRequest
{
    [JsonConverter(typeof(StringOrListConverter))]
    public IReadOnlyList<string>? Prompt { get; init; }

    public bool? Echo { get; init; }
    public int? Logprobs { get; init; }
}

internal sealed record StreamOptions(bool? IncludeUsage);

internal sealed record ChatRequestMessage(string? Role, [property: JsonConverter(typeof(MessageContentConverter))] string? Content);

/// <summary>Reads a string or a list of strings as a list.</summary>
internal sealed class StringOrListConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Expected a string or a list of strings.");
        }

        var items = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("Expected a string or a list of strings.");
            }

            items.Add(reader.GetString()!);
        }
        return items;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only read.");
}

/// <summary>Reads a message's content: a string, or a list of parts of which the text parts are joined.</summary>
internal sealed class MessageContentConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString()!;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Expected a string or a list of content parts.");
        }

        using var parts = JsonDocument.ParseValue(ref reader);
        var content = new StringBuilder();
        foreach (var part in parts.RootElement.EnumerateArray())
        {
            if (
                part.ValueKind != JsonValueKind.Object
                || !part.TryGetProperty("text", out var text)
                || text.ValueKind != JsonValueKind.String
            )
            {
                throw new JsonException("Only text parts are supported in a message's content.");
            }
            content.Append(text.GetString());
        }
        return content.ToString();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only read.");
}
