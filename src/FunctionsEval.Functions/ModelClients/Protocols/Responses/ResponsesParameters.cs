using System.Text.Json;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Functions.ModelClients.Protocols.Responses;

/// <summary>The parameters that <c>responses</c> has in a form of its own: tools, the form of the answer, reasoning.</summary>
internal static class ResponsesParameters
{
    /// <summary>All of them. Those without a writer share an object of the request, which the protocol writes.</summary>
    public static IReadOnlyList<RequestParameter> All { get; } =
    [
        new("tools", (request, _) => request.Tools is not null)
        {
            SpecField = _ => "tools",
            IsOfRow = true,
            Write = (json, request, _) => ToolWriter.Write(json, request.Tools!),
        },
        new("parallel_tool_calls", (request, _) => request.Tools?.ParallelToolCalls is not null)
        {
            Quirk = Quirks.NoParallelToolCalls,
            IsLeftOut = true,
            Write = (json, request, _) => json.WriteBoolean("parallel_tool_calls", request.Tools!.ParallelToolCalls!.Value),
        },
        new("tool_choice", (request, _) => request is { ToolChoice: not null, Tools: not null })
        {
            SpecField = _ => "toolChoice",
            IsOfRow = true,
            Write = (json, request, _) => WriteToolChoice(json, request.ToolChoice!),
        },
        new("text.format", (request, _) => request.ResponseFormat is not null) { SpecField = _ => "responseFormat" },
        new("reasoning.effort", (request, _) => request.Sampling.ReasoningEffort is not null)
        {
            SpecField = _ => "sampling.reasoningEffort",
        },
        new("text.verbosity", (request, _) => request.Sampling.Verbosity is not null) { SpecField = _ => "sampling.verbosity" },
    ];

    /// <summary>Writes the form of the answer: what chat completions have in <c>json_schema</c> stands beside the type.</summary>
    public static void WriteFormat(Utf8JsonWriter json, ResponseFormat format)
    {
        json.WriteStartObject("format");
        json.WriteString("type", format.KindName);
        if (format.Schema is { } schema)
        {
            json.WriteString("name", format.Name);
            if (format.Description is { } description)
            {
                json.WriteString("description", description);
            }

            if (format.IsStrict is { } strict)
            {
                json.WriteBoolean("strict", strict);
            }

            json.WritePropertyName("schema");
            schema.WriteTo(json);
        }

        json.WriteEndObject();
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
        json.WriteString("name", function);
        json.WriteEndObject();
    }
}
