using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;

/// <summary>Writes the turns of a conversation.</summary>
internal static class MessageWriter
{
    /// <summary>Writes a turn: its text or parts, the tools that it calls, and the call that it is the result of.</summary>
    /// <param name="json">The list of turns.</param>
    /// <param name="message">The turn.</param>
    public static void Write(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        if (message.Name is not null)
        {
            json.WriteString("name", message.Name);
        }

        if (message.ToolCallId is not null)
        {
            json.WriteString("tool_call_id", message.ToolCallId);
        }

        WriteContent(json, message);
        WriteCalls(json, message.ToolCalls);
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, ChatMessage message)
    {
        if (message.Parts.Count > 0)
        {
            json.WriteStartArray("content");
            foreach (var part in message.Parts)
            {
                WritePart(json, part);
            }

            json.WriteEndArray();
        }
        else if (message is { Content: "", ToolCalls.Count: > 0 })
        {
            json.WriteNull("content");
        }
        else
        {
            json.WriteString("content", message.Content);
        }
    }

    private static void WritePart(Utf8JsonWriter json, ContentPart part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type", "text");
                json.WriteString("text", text.Text);
                break;
            case ImagePart image:
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", image.Url);
                if (image.Detail is not null)
                {
                    json.WriteString("detail", image.Detail);
                }

                json.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"Unknown part of a turn: {part.GetType().Name}.");
        }

        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls)
    {
        if (calls is [{ IsFunctionCall: true } function])
        {
            json.WritePropertyName("function_call");
            WriteFunction(json, function);
        }
        else if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                if (call.Id is not null)
                {
                    json.WriteString("id", call.Id);
                }

                json.WriteString("type", "function");
                json.WritePropertyName("function");
                WriteFunction(json, call);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static void WriteFunction(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteStartObject();
        json.WriteString("name", call.Name);
        json.WriteString("arguments", call.Arguments);
        json.WriteEndObject();
    }
}
