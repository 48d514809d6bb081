using System.Text.Json;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;

/// <summary>The parameters that only <c>chat/completions</c> has: tools, the form of the answer, reasoning.</summary>
internal static class ChatParameters
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RequestParameter> All { get; } =
    [
        new("tools", (request, _) => request.Tools?.Tools is not null)
        {
            SpecField = _ => "tools",
            IsOfRow = true,
            Write = (json, request, _) => Write(json, "tools", request.Tools!.Tools!.Value),
        },
        new("functions", (request, _) => request.Tools?.Functions is not null)
        {
            SpecField = _ => "tools",
            IsOfRow = true,
            Write = (json, request, _) => Write(json, "functions", request.Tools!.Functions!.Value),
        },
        new("parallel_tool_calls", (request, _) => request.Tools is { Tools: not null, ParallelToolCalls: not null })
        {
            Quirk = Quirks.NoParallelToolCalls,
            IsLeftOut = true,
            Write = (json, request, _) => json.WriteBoolean("parallel_tool_calls", request.Tools!.ParallelToolCalls!.Value),
        },
        new("tool_choice", (request, _) => request is { ToolChoice: not null, Tools.Tools: not null })
        {
            SpecField = _ => "toolChoice",
            IsOfRow = true,
            Write = (json, request, _) => WriteToolChoice(json, request.ToolChoice!),
        },
        new("function_call", (request, _) => request is { ToolChoice: not null, Tools.Functions: not null })
        {
            SpecField = _ => "toolChoice",
            IsOfRow = true,
            Write = (json, request, _) => WriteFunctionCall(json, request.ToolChoice!),
        },
        new("response_format", (request, _) => request.ResponseFormat is not null)
        {
            SpecField = _ => "responseFormat",
            Write = (json, request, _) => WriteResponseFormat(json, request.ResponseFormat!),
        },
        new("reasoning_effort", (request, _) => request.Sampling.ReasoningEffort is not null)
        {
            SpecField = _ => "sampling.reasoningEffort",
            Write = (json, request, _) =>
                json.WriteString("reasoning_effort", SamplingNames.NameOf(request.Sampling.ReasoningEffort!.Value)),
        },
        new("verbosity", (request, _) => request.Sampling.Verbosity is not null)
        {
            SpecField = _ => "sampling.verbosity",
            Write = (json, request, _) => json.WriteString("verbosity", SamplingNames.NameOf(request.Sampling.Verbosity!.Value)),
        },
    ];

    private static void Write(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    private static void WriteToolChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        if (choice.Function is not { } function)
        {
            json.WriteString("tool_choice", choice.KindName);
            return;
        }

        json.WriteStartObject("tool_choice");
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", function);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFunctionCall(Utf8JsonWriter json, ToolChoice choice)
    {
        if (choice.Function is not { } function)
        {
            json.WriteString("function_call", choice.KindName);
            return;
        }

        json.WriteStartObject("function_call");
        json.WriteString("name", function);
        json.WriteEndObject();
    }

    private static void WriteResponseFormat(Utf8JsonWriter json, ResponseFormat format)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", format.KindName);
        if (format.Schema is { } schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", format.Name);
            if (format.Description is { } description)
            {
                json.WriteString("description", description);
            }

            if (format.IsStrict is { } strict)
            {
                json.WriteBoolean("strict", strict);
            }

            Write(json, "schema", schema);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
