using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads the tools that a row offers the model.</summary>
internal static class ToolReader
{
    private static readonly string[] ToolNames = ["tools", "input.tools"];
    private static readonly string[] FunctionNames = ["functions", "input.functions"];
    private static readonly string[] ParallelNames = ["parallel_tool_calls", "input.parallel_tool_calls"];

    /// <summary>Reads the tools.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="isChat">Whether the row is in chat shape. In another one, a field of these names that lists no tools is just a field.
    /// </param>
    /// <param name="tools">The tools; null for none.</param>
    public static RowProblem? Read(RowFields fields, bool isChat, out ToolSet? tools)
    {
        tools = null;
        if (ReadList(fields, ToolNames, isChat, "function", out var list) is { } toolProblem)
        {
            return toolProblem;
        }

        if (ReadList(fields, FunctionNames, isChat, null, out var functions) is { } functionProblem)
        {
            return functionProblem;
        }

        if (list is null && functions is null)
        {
            return null;
        }

        bool? isParallel = null;
        if (fields.TryFindFirst(ParallelNames, out var name, out var parallel))
        {
            if (parallel.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return SampleReader.WrongType(name, "true or false", parallel);
            }

            isParallel = parallel.GetBoolean();
        }

        tools = new ToolSet
        {
            Tools = list,
            Functions = functions,
            ParallelToolCalls = isParallel,
        };
        return null;
    }

    /// <summary>A list of tools or functions; null for none, and for an empty one.</summary>
    private static RowProblem? ReadList(RowFields fields, string[] names, bool isChat, string? wrapper, out JsonElement? list)
    {
        list = null;
        if (!fields.TryFindFirst(names, out var name, out var value))
        {
            return null;
        }

        var found = TextList.ParseOrSame(value);
        if (found.ValueKind != JsonValueKind.Array)
        {
            return isChat ? SampleReader.WrongType(name, "a list of tools, or the JSON of one as a string", value) : null;
        }

        if (!isChat && found.EnumerateArray().Any(element => element.ValueKind != JsonValueKind.Object))
        {
            return null;
        }

        var index = 0;
        foreach (var element in found.EnumerateArray())
        {
            if (FindProblem(element, $"{name}[{index++}]", wrapper) is { } problem)
            {
                return isChat ? problem : null;
            }
        }

        list = index > 0 ? found : null;
        return null;
    }

    /// <summary>What a tool lacks. Tools of other types than functions are the endpoint's to check.</summary>
    private static RowProblem? FindProblem(JsonElement tool, string place, string? wrapper)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            return SampleReader.WrongType(place, "an object", tool);
        }

        if (tool.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("function")))
        {
            return null;
        }

        if (wrapper is not null && tool.TryGetProperty(wrapper, out var function))
        {
            (tool, place) = (function, $"{place}.{wrapper}");
        }

        if (tool.ValueKind != JsonValueKind.Object)
        {
            return SampleReader.WrongType(place, "an object with a name", tool);
        }

        tool.TryGetProperty("name", out var name);
        return name.ValueKind == JsonValueKind.String ? null : ChatTurns.WrongType($"{place}.name", "a string", name);
    }
}
