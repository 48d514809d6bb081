using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds the field that holds the reference of a row whose conversation does not end with it.</summary>
/// <param name="options">The options.</param>
/// <param name="columns">The names that hold for these rows.</param>
internal sealed class ReferenceFields(DatasetReadOptions options, ColumnSpec columns)
{
    /// <summary>The functions that are to be called: names, or calls.</summary>
    public const string ToolCalls = "reference_tool_calls";

    /// <summary>The arguments of <see cref="ToolCalls"/> that are names.</summary>
    public const string ToolArguments = "reference_tool_args";

    /// <summary>A whole turn, where the row is an evaluation item.</summary>
    private const string ExpectedOutput = "expected_output";

    /// <summary>Fields looked up, in this order.</summary>
    public IReadOnlyList<string> Names =>
        columns.Reference switch
        {
            { Name: { } column } => [column],
            { Fields: { } members } => [.. members.Select(member => member.Value)],
            _ => options.Shape.ReferenceNames,
        };

    /// <summary>Whether the row has a reference beside its turns.</summary>
    public bool IsIn(RowFields fields) =>
        columns.Reference is not null
        || SampleReader.ReferenceNames.Any(name => fields.TryFind(name, out _))
        || (options.Shape.TakesToolCalls && fields.TryFind(ToolCalls, out _))
        || PreferencePairs.TryFindChosen(fields, out _);

    /// <summary>Finds the reference.</summary>
    public bool TryFind(RowFields fields, out string name, out JsonElement value)
    {
        if (columns.Reference is not null)
        {
            return fields.TryFindFirst(Names, out name, out value);
        }

        // A whole turn says more than names do.
        if (
            options.Shape.TakesToolCalls
            && !(fields.TryFind(ExpectedOutput, out var turn) && turn.ValueKind is (JsonValueKind.Object or JsonValueKind.Array))
            && fields.TryFindFirst([ToolCalls], out name, out value)
        )
        {
            return true;
        }

        if (fields.TryFindFirst(Names, out name, out value) || ReferenceReader.TryFindSquadAnswers(fields, out name, out value))
        {
            return true;
        }

        name = PreferencePairs.Chosen;
        return PreferencePairs.TryFindChosen(fields, out value);
    }

    /// <summary>Finds the reference under a name that datasets have in common, where the spec names none.</summary>
    public bool TryFindUsual(RowFields fields, out string name, out JsonElement value)
    {
        name = UsualFields.FindReference(field => fields.TryFind(field, out _)) ?? "";
        value = default;
        return columns.Reference is null && name.Length > 0 && fields.TryFind(name, out value);
    }

    /// <summary>What to say beside that there is no reference, with a space before it; empty where there is nothing.</summary>
    public string Advice(RowFields fields)
    {
        var metrics = options.ReferenceMetrics;
        var needed = metrics.Count > 0 ? $" {string.Join(", ", metrics)} {(metrics.Count == 1 ? "needs" : "need")} one." : "";
        return !options.Shape.TakesToolCalls && fields.TryFind(ToolCalls, out _)
            ? $"{needed} The row has {ToolCalls}, which the task tool_calls takes."
            : needed;
    }
}
