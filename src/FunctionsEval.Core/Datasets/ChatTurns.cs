using System.Text;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Datasets;

/// <summary>The turns of a row in chat shape.</summary>
internal static class ChatTurns
{
    /// <summary>A turn, and whether training learns from it (<c>weight</c> is not 0).</summary>
    internal sealed record Turn(ChatMessage Message, bool IsTrained)
    {
        public bool IsAssistant => Message.Role == "assistant";
    }

    public static RowProblem? Read(JsonElement list, string field, out List<Turn> turns)
    {
        turns = [];
        foreach (var element in list.EnumerateArray())
        {
            var place = $"{field}[{turns.Count}]";
            if (ReadTurn(element, place, out var turn) is { } problem)
            {
                return problem;
            }

            turns.Add(turn!);
        }

        return null;
    }

    private static RowProblem? ReadTurn(JsonElement element, string place, out Turn? turn)
    {
        turn = null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return WrongType(place, "an object with role and content", element);
        }

        var isShareGpt = !element.TryGetProperty("role", out var roleValue) && element.TryGetProperty("from", out roleValue);
        var (roleName, contentName) = isShareGpt ? ("from", "value") : ("role", "content");
        if (roleValue.ValueKind != JsonValueKind.String)
        {
            return WrongType($"{place}.{roleName}", "a string", roleValue);
        }

        var role = isShareGpt ? RoleOf(roleValue.GetString()!) : roleValue.GetString()!;
        if (role is "tool" or "function" || IsPresent(element, "tool_calls") || IsPresent(element, "function_call"))
        {
            return new RowProblem(MalformedReasons.UnsupportedContent, $"{place} belongs to a tool call; only text turns are evaluated.");
        }

        if (role is not ("system" or "developer" or "user" or "assistant"))
        {
            return new RowProblem(
                MalformedReasons.WrongType,
                isShareGpt
                    ? $"{place}.from is none of system, human, user, gpt, assistant."
                    : $"{place}.role is none of system, developer, user, assistant."
            );
        }

        element.TryGetProperty(contentName, out var content);
        if (ReadContent(content, $"{place}.{contentName}", out var text) is { } problem)
        {
            return problem;
        }

        var hasWeight = element.TryGetProperty("weight", out var weight) && weight.ValueKind != JsonValueKind.Null;
        if (hasWeight && weight.ValueKind != JsonValueKind.Number)
        {
            return WrongType(place + ".weight", "a number", weight);
        }

        if (element.TryGetProperty("name", out var name) && name.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
        {
            return WrongType(place + ".name", "a string", name);
        }

        turn = new Turn(
            new ChatMessage(role, text)
            {
                Name = name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } given ? given : null,
            },
            IsTrained: !hasWeight || weight.GetDouble() != 0
        );
        return null;
    }

    /// <summary>ShareGPT's names of who speaks, as roles.</summary>
    private static string RoleOf(string speaker) =>
        speaker switch
        {
            "human" => "user",
            "gpt" or "chatgpt" or "bard" or "bing" or "model" => "assistant",
            "function_call" or "observation" => "tool",
            _ => speaker,
        };

    private static RowProblem? ReadContent(JsonElement content, string place, out string text)
    {
        text = "";
        if (content.ValueKind == JsonValueKind.String)
        {
            text = content.GetString()!;
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            return WrongType(place, "a string or a list of text parts", content);
        }

        var parts = new StringBuilder();
        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            var isText =
                part.ValueKind == JsonValueKind.Object
                && part.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String
                && (type.ValueEquals("text") || type.ValueEquals("input_text") || type.ValueEquals("output_text"));
            if (!isText)
            {
                return new RowProblem(MalformedReasons.UnsupportedContent, $"{place}[{index}] is not a text part; only text is evaluated.");
            }

            if (!part.TryGetProperty("text", out var value) || value.ValueKind != JsonValueKind.String)
            {
                return WrongType($"{place}[{index}].text", "a string", value);
            }

            parts.Append(value.GetString());
            index++;
        }

        text = parts.ToString();
        return null;
    }

    private static bool IsPresent(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
        && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    private static RowProblem WrongType(string place, string expected, JsonElement actual) =>
        new(
            MalformedReasons.WrongType,
            actual.ValueKind == JsonValueKind.Undefined
                ? $"{place} is missing; it must be {expected}."
                : $"{place} must be {expected}; it is {JsonKind.Describe(actual)}."
        );
}
