using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds a sample's parts in the fields of a row; docs/datasets.md states the shapes.</summary>
internal sealed partial class SampleReader
{
    /// <summary>Fields looked up for the reference, in this order, when <see cref="ColumnSpec.Reference"/> names none.</summary>
    public static readonly IReadOnlyList<string> ReferenceNames =
    [
        "expected",
        "ideal",
        "reference",
        "references",
        "completion",
        "label",
        "output",
        "expected_output",
        "reference_answer",
        "preferred_output",
    ];

    private readonly DatasetReadOptions _options;
    private readonly ColumnSpec _columns;
    private readonly bool _emptyIsMissing;
    private readonly ConversationReader _conversations;
    private readonly ReferenceFields _references;
    private readonly InputReader _input;

    /// <param name="options">The options.</param>
    /// <param name="columns">The names that hold for these rows.</param>
    public SampleReader(DatasetReadOptions options, ColumnSpec columns)
    {
        _options = options;
        _columns = columns;
        _emptyIsMissing = !options.Format.HasNestedValues;
        _references = new ReferenceFields(options, columns);
        _conversations = new ConversationReader(options, columns, _references);
        _input = new InputReader(options, columns);
    }

    /// <summary>The names that hold for these rows.</summary>
    public ColumnSpec Columns => _columns;

    /// <summary>Reads a row as a sample.</summary>
    /// <param name="row">The row.</param>
    /// <param name="offset">Byte offset of its first byte, which is the id of a row without one.</param>
    /// <param name="sample">The sample; null when there is a problem.</param>
    /// <returns>Why the row is no sample; null when it is one.</returns>
    public RowProblem? Read(JsonElement row, long offset, out Sample? sample)
    {
        sample = null;
        var fields = new RowFields(row, _emptyIsMissing);
        if (ReadId(fields, offset, out var id) is { } idProblem)
        {
            return idProblem;
        }

        if (_options.Shape.Read(this, fields, out var parts) is { } problem)
        {
            return problem;
        }

        if (ReadTags(fields, out var tags) is { } tagsProblem)
        {
            return tagsProblem;
        }

        sample = new Sample
        {
            Id = _turn?.Place.SampleId ?? id,
            Offset = offset,
            Turn = _turn?.Place,
            RowInput = _turn?.RowInput,
            Messages = parts.Messages,
            Input = parts.Input,
            References = parts.References,
            Choices = parts.Choices,
            GoldChoices = parts.GoldChoices,
            Tools = parts.Tools,
            Tags = tags,
            Fields = row,
        };
        return null;
    }

    /// <summary>Finds the references, and the turns before them where the row is in chat shape.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="turns">The turns before the reference; null when the row is in another shape.</param>
    /// <param name="references">The references as the shape writes them; empty where the row has none and needs none.</param>
    public RowProblem? ReadReferences(RowFields fields, out List<ChatTurns.Turn>? turns, out IReadOnlyList<string> references)
    {
        references = [];
        if (_turn is not null)
        {
            turns = _turn.Before;
            return Accept(_turn.Reference, out references);
        }

        if (_conversations.Read(fields, out turns, out var reference) is { } turnsProblem)
        {
            return turnsProblem;
        }

        // Beside a conversation such a name may be anything that a grader needs.
        return reference is null
            ? ReadReferences(fields, turns, takesUsualNames: turns is null, out references)
            : Accept(reference, out references);
    }

    private RowProblem? ReadId(RowFields fields, long offset, out string id)
    {
        id = offset.ToString(CultureInfo.InvariantCulture);
        var name = _columns.Id ?? "id";
        if (!fields.TryFind(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return WrongType(name, "a string or a number", value);
        }

        JsonText.TryRead(value, out var text);
        if (text.Length > 0)
        {
            id = text;
        }

        return null;
    }

    /// <summary>Finds the references in a field of their own.</summary>
    private RowProblem? ReadReferences(
        RowFields fields,
        List<ChatTurns.Turn>? turns,
        bool takesUsualNames,
        out IReadOnlyList<string> references
    )
    {
        references = [];
        if (_columns.Reference is { Fields: { } members })
        {
            return ReferenceReader.ReadMembers(fields, members) is { } parts ? Accept(parts, out references)
                : _options.RequireReference ? DescribeMissing(fields, turns)
                : null;
        }

        if (
            !_references.TryFind(fields, out var name, out var value)
            && !(takesUsualNames && _references.TryFindUsual(fields, out name, out value))
        )
        {
            return _options.RequireReference ? DescribeMissing(fields, turns) : null;
        }

        if (_columns.Reference is null && PreferencePairs.FindUnwanted(fields, name) is { } unwanted)
        {
            return unwanted;
        }

        var reference = _options.Shape.ReadValue(name, value);
        if (
            reference is null
            && _options.Shape.TakesToolCalls
            && ToolReferenceReader.Read(fields, name, value, out reference) is { } callProblem
        )
        {
            return callProblem;
        }

        if (reference is null && ReferenceReader.Read(fields, name, value, out reference) is { } problem)
        {
            return problem;
        }

        return Accept(reference!, out references);
    }

    private RowProblem DescribeMissing(RowFields fields, List<ChatTurns.Turn>? turns)
    {
        var names = _references.Names;
        var place = turns is null && _options.Format.HasNestedValues && _columns.Reference is null ? "messages or " : "";
        var found =
            names.Count == 1
                ? $"There is no reference: the field {names[0]} is absent or empty."
                : $"There is no reference: looked for {place}{string.Join(", ", names)}.";
        return new RowProblem(MalformedReasons.MissingReference, found + _references.Advice(fields));
    }

    private RowProblem? Accept(ReferenceTurn reference, out IReadOnlyList<string> references)
    {
        if (_options.Shape.ReadReference(reference, out references) is { } problem)
        {
            return problem;
        }

        var isEmpty = references.Count == 0 && !_options.Shape.TakesEmptyLists;
        if (isEmpty && !_options.RequireReference)
        {
            return null;
        }

        return isEmpty
            ? new RowProblem(
                MalformedReasons.MissingReference,
                $"{reference.Field} is an empty list. For a question that has no answer write [\"\"], or `is_impossible`: true beside it."
            )
            : _options.Shape.CheckReferences(ref references, reference.Field);
    }

    /// <summary>Finds the tools that the row offers, as far as the spec sends them.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="isChat">Whether the row is in chat shape.</param>
    /// <param name="tools">The tools; null where none are sent.</param>
    public RowProblem? ReadTools(RowFields fields, bool isChat, out ToolSet? tools)
    {
        tools = null;
        var use = _options.Tools ?? (_options.Shape.TakesToolCalls ? ToolUse.Send : null);
        if (!_options.Format.HasNestedValues || use == ToolUse.Ignore)
        {
            return null;
        }

        if (ToolReader.Read(fields, isChat, out tools) is { } problem)
        {
            return problem;
        }

        return tools is null || use is not null
            ? null
            : new RowProblem(
                MalformedReasons.Ambiguous,
                "The row offers the model tools, which are part of the prompt that it was tuned with. Say \"tools\": \"send\" in the spec to send them or \"ignore\" to leave them out, or use the task tool_calls."
            );
    }

    /// <inheritdoc cref="InputReader.Read"/>
    public RowProblem? ReadInput(RowFields fields, ref List<ChatTurns.Turn>? turns, out string input) =>
        _input.Read(fields, ref turns, out input);

    private RowProblem? ReadTags(RowFields fields, out Dictionary<string, string> tags) =>
        TagReader.Read(fields, _columns.Tags, _options.Format.HasNestedValues, out tags);

    /// <summary>A field of another type than it must be.</summary>
    internal static RowProblem WrongType(string place, string expected, JsonElement actual) =>
        new(MalformedReasons.WrongType, $"{place} must be {expected}; it is {JsonKind.Describe(actual)}.");
}
