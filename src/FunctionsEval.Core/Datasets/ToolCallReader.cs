using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads tool calls as rows write them: <c>tool_calls</c> of chat completions, and the older <c>function_call</c>.</summary>
internal static class ToolCallReader
{
    /// <summary>Arguments of a call that has none.</summary>
    private const string NoArguments = "{}";

    /// <summary>Whether an object has calls, as a turn of the model that makes some.</summary>
    public static bool HasCalls(JsonElement turn) => IsPresent(turn, "tool_calls") || IsPresent(turn, "function_call");

    /// <summary>Reads the calls of a turn.</summary>
    /// <param name="turn">The turn, an object.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <param name="isAssistant">Whether the turn is the model's, which alone makes calls.</param>
    /// <param name="calls">The calls; empty for none.</param>
    public static RowProblem? Read(JsonElement turn, string place, bool isAssistant, out IReadOnlyList<ToolCall> calls)
    {
        calls = [];
        var (hasCalls, hasFunctionCall) = (IsPresent(turn, "tool_calls"), IsPresent(turn, "function_call"));
        if (!hasCalls && !hasFunctionCall)
        {
            return null;
        }

        if (!isAssistant)
        {
            return new RowProblem(MalformedReasons.UnsupportedContent, $"{place} calls a tool and is no turn of the assistant.");
        }

        if (hasCalls && hasFunctionCall)
        {
            return new RowProblem(MalformedReasons.Ambiguous, $"{place} has both tool_calls and function_call; keep one of them.");
        }

        if (hasFunctionCall)
        {
            var problem = ReadFunction(turn.GetProperty("function_call"), $"{place}.function_call", out var call);
            calls = call is null ? [] : [call with { IsFunctionCall = true }];
            return problem;
        }

        return ReadList(turn.GetProperty("tool_calls"), $"{place}.tool_calls", out calls);
    }

    /// <summary>Reads a list of calls.</summary>
    /// <param name="list">The list.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <param name="calls">The calls.</param>
    public static RowProblem? ReadList(JsonElement list, string place, out IReadOnlyList<ToolCall> calls)
    {
        calls = [];
        if (list.ValueKind != JsonValueKind.Array)
        {
            return ChatTurns.WrongType(place, "a list of calls", list);
        }

        List<ToolCall> read = [];
        foreach (var element in list.EnumerateArray())
        {
            if (ReadCall(element, $"{place}[{read.Count}]", out var call) is { } problem)
            {
                return problem;
            }

            read.Add(call!);
        }

        calls = read;
        return null;
    }

    /// <summary>
    /// The arguments as the text that a model writes; null where they are of another type. Sets of Hugging Face have the object itself.
    /// </summary>
    public static string? ArgumentsOf(JsonElement arguments) =>
        arguments.ValueKind switch
        {
            JsonValueKind.String => arguments.GetString(),
            JsonValueKind.Object => arguments.GetRawText(),
            JsonValueKind.Undefined or JsonValueKind.Null => NoArguments,
            _ => null,
        };

    private static RowProblem? ReadCall(JsonElement element, string place, out ToolCall? call)
    {
        call = null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return ChatTurns.WrongType(place, "an object with a function", element);
        }

        if (
            element.TryGetProperty("type", out var type)
            && type.ValueKind != JsonValueKind.Null
            && !(type.ValueKind == JsonValueKind.String && (type.ValueEquals("function") || type.ValueEquals("function_call")))
        )
        {
            return new RowProblem(MalformedReasons.UnsupportedContent, $"{place} is no call of a function; only these are evaluated.");
        }

        var isFlat = !element.TryGetProperty("function", out var function);
        if (ReadFunction(isFlat ? element : function, isFlat ? place : $"{place}.function", out call) is { } problem)
        {
            return problem;
        }

        if (element.TryGetProperty("id", out var id) && id.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
        {
            return ChatTurns.WrongType($"{place}.id", "a string", id);
        }

        call = call! with { Id = id.ValueKind == JsonValueKind.String ? id.GetString() : null };
        return null;
    }

    private static RowProblem? ReadFunction(JsonElement function, string place, out ToolCall? call)
    {
        call = null;
        if (function.ValueKind != JsonValueKind.Object)
        {
            return ChatTurns.WrongType(place, "an object with name and arguments", function);
        }

        if (!function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
        {
            return ChatTurns.WrongType($"{place}.name", "a string", name);
        }

        function.TryGetProperty("arguments", out var arguments);
        if (ArgumentsOf(arguments) is not { } text)
        {
            return ChatTurns.WrongType($"{place}.arguments", "a string or an object", arguments);
        }

        call = new ToolCall(name.GetString()!, text);
        return null;
    }

    private static bool IsPresent(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
        && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
}
