using System.Text.Json;

namespace FunctionsEval.Functions.ModelClients.Protocols.Choices;

/// <summary>Reads the text and the reasoning of a message, or of a piece of one, from the fields in which servers give them.</summary>
internal static class MessageText
{
    // DeepSeek, vLLM before 0.11, SGLang, llama.cpp; vLLM, OpenRouter, Groq; Ollama. One server may give the same in two of them.
    private static readonly string[] ReasoningFields = ["reasoning_content", "reasoning", "thinking", "reasoning_text"];

    /// <summary>The text; null when there is none. A refusal stands in the place of the content.</summary>
    /// <param name="message">The message.</param>
    public static string? TextOf(JsonElement message) =>
        message.Get("content") switch
        {
            { ValueKind: JsonValueKind.Array } parts => string.Concat(
                parts.EnumerateArray().Where(part => !IsReasoning(part)).Select(PartOf)
            ),
            { } content => content.GetText() ?? (IsReasoning(content) ? null : PartOf(content)) ?? message.Get("refusal")?.GetText(),
            null => message.Get("refusal")?.GetText(),
        };

    /// <summary>The reasoning; null when there is none. Empty where the server says that there is some, and not what.</summary>
    /// <param name="message">The message.</param>
    public static string? ReasoningOf(JsonElement message)
    {
        foreach (var field in ReasoningFields)
        {
            if (message.Get(field) is { } given && TextIn(given) is { Length: > 0 } text)
            {
                return text;
            }
        }

        string? found = null;
        if (message.Get("reasoning_details") is { ValueKind: JsonValueKind.Array } details && details.GetArrayLength() > 0)
        {
            found = string.Concat(details.EnumerateArray().Select(TextIn));
        }

        if (message.Get("content") is { ValueKind: JsonValueKind.Array } parts && parts.EnumerateArray().Any(IsReasoning))
        {
            found = string.Concat(parts.EnumerateArray().Where(IsReasoning).Select(TextIn));
        }

        return found;
    }

    private static string? PartOf(JsonElement part) =>
        part.Get("type")?.GetText() is null or "text" or "output_text" ? part.GetText() ?? part.Get("text")?.GetText() : null;

    // thinking (Mistral, Anthropic), redacted_thinking, reasoning, reasoning_content (Bedrock); thought: true (Gemini).
    private static bool IsReasoning(JsonElement part) =>
        (
            part.Get("type")?.GetText() is { } type
            && (
                type.Contains("thinking", StringComparison.OrdinalIgnoreCase)
                || type.Contains("reasoning", StringComparison.OrdinalIgnoreCase)
            )
        ) || part.Get("thought") is { ValueKind: JsonValueKind.True };

    /// <summary>The text somewhere in an element: itself, or in the fields and lists in which servers wrap reasoning.</summary>
    private static string TextIn(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetText()!,
            JsonValueKind.Array => string.Concat(element.EnumerateArray().Select(TextIn)),
            JsonValueKind.Object => TextIn(
                element.Get("text")
                    ?? element.Get("thinking")
                    ?? element.Get("reasoning")
                    ?? element.Get("reasoning_content")
                    ?? element.Get("reasoningText")
                    ?? element.Get("summary")
                    ?? element.Get("content")
                    ?? default
            ),
            _ => "",
        };
}
