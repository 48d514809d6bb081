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

    /// <summary>Reads a turn that stands alone and is the assistant's, whether or not it says so.</summary>
    /// <param name="element">An object.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <param name="message">The turn.</param>
    public static RowProblem? ReadAnswer(JsonElement element, string place, out ChatMessage? message) =>
        ReadMessage(element, "assistant", place, "content", out message);

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
        if (FindRoleProblem(role, isShareGpt, place) is { } roleProblem)
        {
            return roleProblem;
        }

        if (ReadMessage(element, role, place, contentName, out var message) is { } problem)
        {
            return problem;
        }

        var hasWeight = element.TryGetProperty("weight", out var weight) && weight.ValueKind != JsonValueKind.Null;
        if (hasWeight && weight.ValueKind != JsonValueKind.Number)
        {
            return WrongType(place + ".weight", "a number", weight);
        }

        turn = new Turn(message!, IsTrained: !hasWeight || weight.GetDouble() != 0);
        return null;
    }

    private static RowProblem? FindRoleProblem(string role, bool isShareGpt, string place) =>
        role switch
        {
            "system" or "developer" or "user" or "assistant" => null,
            "tool" or "function" when !isShareGpt => null,
            "tool" or "function" => new RowProblem(
                MalformedReasons.UnsupportedContent,
                $"{place} belongs to a tool call, which is read in `messages` only."
            ),
            _ => new RowProblem(
                MalformedReasons.WrongType,
                isShareGpt
                    ? $"{place}.from is none of system, human, user, gpt, assistant."
                    : $"{place}.role is none of system, developer, user, assistant, tool, function."
            ),
        };

    private static RowProblem? ReadMessage(JsonElement element, string role, string place, string contentName, out ChatMessage? message)
    {
        message = null;
        if (ToolCallReader.Read(element, place, role == "assistant", out var calls) is { } callProblem)
        {
            return callProblem;
        }

        element.TryGetProperty(contentName, out var content);
        var text = "";
        IReadOnlyList<ContentPart> parts = [];
        var isOnlyCalls = calls.Count > 0 && content.ValueKind is (JsonValueKind.Undefined or JsonValueKind.Null);
        if (!isOnlyCalls && ContentReader.Read(content, $"{place}.{contentName}", role, out text, out parts) is { } contentProblem)
        {
            return contentProblem;
        }

        if (ReadName(element, place, "name", out var name) is { } nameProblem)
        {
            return nameProblem;
        }

        string? callId = null;
        if (role == "tool" && ReadName(element, place, "tool_call_id", out callId) is { } idProblem)
        {
            return idProblem;
        }

        message = new ChatMessage(role, text)
        {
            Name = name,
            Parts = parts,
            ToolCalls = calls,
            ToolCallId = callId,
        };
        return null;
    }

    private static RowProblem? ReadName(JsonElement element, string place, string field, out string? name)
    {
        name = null;
        if (!element.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return WrongType($"{place}.{field}", "a string", value);
        }

        name = value.GetString() is { Length: > 0 } given ? given : null;
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

    /// <summary>A value of another type than it must be, or none.</summary>
    public static RowProblem WrongType(string place, string expected, JsonElement actual) =>
        new(
            MalformedReasons.WrongType,
            actual.ValueKind == JsonValueKind.Undefined
                ? $"{place} is missing; it must be {expected}."
                : $"{place} must be {expected}; it is {JsonKind.Describe(actual)}."
        );
}
