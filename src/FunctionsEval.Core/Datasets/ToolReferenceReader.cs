using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Reads a reference that is tool calls: a list of calls, or of names with or without their arguments beside them. A list may be written
/// as a text.
/// </summary>
internal static class ToolReferenceReader
{
    /// <summary>Reads a field.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="reference">The reference; null where the field is no list of calls or names.</param>
    public static RowProblem? Read(RowFields fields, string name, JsonElement value, out ReferenceTurn? reference)
    {
        reference = null;
        if (value.ValueKind == JsonValueKind.String && TextList.Parse(value) is { } list)
        {
            value = name == ReferenceFields.ToolCalls || list.EnumerateArray().Any(IsCall) ? list : value;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return name == ReferenceFields.ToolCalls ? SampleReader.WrongType(name, "a list of names or of calls", value) : null;
        }

        // A list of texts in a field that usually holds texts is texts.
        var areTexts = value.GetArrayLength() > 0 && value.EnumerateArray().All(element => element.ValueKind == JsonValueKind.String);
        if (areTexts)
        {
            return SampleReader.ReferenceNames.Contains(name) ? null : ReadNames(fields, name, value, out reference);
        }

        if (name != ReferenceFields.ToolCalls && !value.EnumerateArray().Any(IsCall))
        {
            return null;
        }

        var problem = ToolCallReader.ReadList(value, name, out var calls);
        reference = problem is null ? new ReferenceTurn(name) { Calls = calls } : null;
        return problem;
    }

    private static bool IsCall(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
        && !element.TryGetProperty("role", out _)
        && (element.TryGetProperty("function", out _) || element.TryGetProperty("arguments", out _));

    private static RowProblem? ReadNames(RowFields fields, string name, JsonElement names, out ReferenceTurn? reference)
    {
        reference = null;
        foreach (var (i, one) in names.EnumerateArray().Index())
        {
            if (one.ValueEquals("") || one.GetString()!.Any(char.IsWhiteSpace))
            {
                return new RowProblem(MalformedReasons.WrongType, $"{name}[{i}] is no name of a function.");
            }
        }

        if (!fields.TryFind(ReferenceFields.ToolArguments, out var all))
        {
            reference = new ReferenceTurn(name)
            {
                Calls = [.. names.EnumerateArray().Select(one => new ToolCall(one.GetString()!, ""))],
                HasNamesOnly = true,
            };
            return null;
        }

        all = TextList.ParseOrSame(all);
        if (all.ValueKind != JsonValueKind.Array || all.GetArrayLength() != names.GetArrayLength())
        {
            return new RowProblem(
                MalformedReasons.WrongType,
                $"{ReferenceFields.ToolArguments} must be a list with the arguments of each of the {names.GetArrayLength()} calls in {name}."
            );
        }

        List<ToolCall> calls = [];
        foreach (var one in names.EnumerateArray())
        {
            var arguments = all[calls.Count];
            if (arguments.ValueKind == JsonValueKind.Null || ToolCallReader.ArgumentsOf(arguments) is not { } text)
            {
                return SampleReader.WrongType(
                    $"{ReferenceFields.ToolArguments}[{calls.Count}]",
                    "an object, or its JSON as a string",
                    arguments
                );
            }

            calls.Add(new ToolCall(one.GetString()!, text));
        }

        reference = new ReferenceTurn(name) { Calls = calls };
        return null;
    }
}
