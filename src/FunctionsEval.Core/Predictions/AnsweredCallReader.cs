using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;

namespace FunctionsEval.Core.Predictions;

/// <summary>
/// Reads the calls of an answer: as a run logs them (<c>toolCalls</c>), or as an API gives them (<c>tool_calls</c>, <c>function_call</c>,
/// and <c>sample.output_tools</c> of OpenAI Evals), held against the row's <c>tools</c> where it has some. Safe for use by several threads
/// at once.
/// </summary>
internal sealed class AnsweredCallReader
{
    /// <summary>Fields of an answer's calls.</summary>
    public static readonly IReadOnlyList<string> FieldNames = ["toolCalls", "tool_calls", "function_call"];

    private const string OutputTools = "output_tools";

    private readonly CallChecker _checker = new();

    /// <summary>The calls; null where the answer has no field of them.</summary>
    /// <param name="fields">The answer's fields.</param>
    /// <param name="answer">The object that has them.</param>
    /// <exception cref="PredictionException">They have another form.</exception>
    public IReadOnlyList<AnsweredCall>? Read(AnswerFields fields, JsonElement answer)
    {
        if (fields.Form<List<AnsweredCall>>(FieldNames[0]) is { } logged)
        {
            return logged.TrueForAll(call => call is { Name: not null, Arguments: not null })
                ? logged
                : throw fields.Error($"'{FieldNames[0]}' must have an object for each call, with a name and arguments.");
        }

        if (ReadWritten(fields, answer, out var calls) is { } problem)
        {
            throw fields.Error(problem.Message);
        }

        if (calls is null)
        {
            return null;
        }

        if (ToolReader.Read(new RowFields(answer, emptyIsMissing: false), isChat: true, out var tools) is { } toolProblem)
        {
            throw fields.Error(toolProblem.Message);
        }

        return tools is null ? CallChecker.WithoutTools(calls) : _checker.Check(calls, tools);
    }

    private static RowProblem? ReadWritten(AnswerFields fields, JsonElement answer, out IReadOnlyList<ToolCall>? calls)
    {
        calls = null;
        if (
            fields.TryFind("sample", out var sample)
            && sample.ValueKind == JsonValueKind.Object
            && sample.TryGetProperty(OutputTools, out var output)
            && output.ValueKind == JsonValueKind.Array
        )
        {
            return ToolCallReader.ReadList(output, $"sample.{OutputTools}", out calls);
        }

        if (!fields.TryFind(FieldNames[1], out _) && !fields.TryFind(FieldNames[2], out _))
        {
            return null;
        }

        return ToolCallReader.Read(answer, "the answer", isAssistant: true, out calls);
    }
}
