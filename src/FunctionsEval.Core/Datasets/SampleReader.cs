using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds a sample's parts in the fields of a row; docs/datasets.md states the shapes.</summary>
internal sealed partial class SampleReader
{
    /// <summary>Fields looked up for the input, in this order, when <see cref="ColumnSpec.Input"/> names none.</summary>
    public static readonly IReadOnlyList<string> InputNames = ["input", "prompt", "text"];

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
    ];

    private readonly DatasetReadOptions _options;
    private readonly ColumnSpec _columns;
    private readonly bool _emptyIsMissing;
    private readonly ConversationReader _conversations;

    /// <param name="options">The options.</param>
    /// <param name="columns">The names that hold for these rows.</param>
    public SampleReader(DatasetReadOptions options, ColumnSpec columns)
    {
        _options = options;
        _columns = columns;
        _emptyIsMissing = !options.Format.HasNestedValues;
        _conversations = new ConversationReader(options, columns);
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
            Id = id,
            Offset = offset,
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
    /// <param name="references">The references, at least one.</param>
    public RowProblem? ReadReferences(RowFields fields, out List<ChatTurns.Turn>? turns, out IReadOnlyList<string> references)
    {
        references = [];
        if (_conversations.Read(fields, out turns, out var reference, out var name) is { } turnsProblem)
        {
            return turnsProblem;
        }

        if (reference is not null)
        {
            references = [reference];
        }
        else if (ReadReferences(fields, turns, out references, out name) is { } problem)
        {
            return problem;
        }

        return CheckReferences(ref references, name);
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

    private RowProblem? ReadReferences(RowFields fields, List<ChatTurns.Turn>? turns, out IReadOnlyList<string> references, out string name)
    {
        if (_columns.Reference is { Fields: { } members })
        {
            return ReferenceReader.ReadMembers(fields, members, out references, out name);
        }

        references = [];
        var names = _columns.Reference?.Name is { } column ? [column] : _options.Shape.ReferenceNames;
        if (
            !fields.TryFindFirst(names, out name, out var value)
            && (_columns.Reference is not null || !ReferenceReader.TryFindSquadAnswers(fields, out name, out value))
        )
        {
            var place = turns is null && _options.Format.HasNestedValues && _columns.Reference is null ? "messages or " : "";
            return new RowProblem(
                MalformedReasons.MissingReference,
                names.Count == 1
                    ? $"There is no reference: the field {names[0]} is absent or empty."
                    : $"There is no reference: looked for {place}{string.Join(", ", names)}."
            );
        }

        return _options.Shape.ReadReference(fields, name, value, out references);
    }

    private RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name) =>
        references.Count == 0
            ? new RowProblem(
                MalformedReasons.MissingReference,
                $"{name} is an empty list. For a question that has no answer write [\"\"], or `is_impossible`: true beside it."
            )
            : _options.Shape.CheckReferences(ref references, name);

    private RowProblem? ReadTags(RowFields fields, out Dictionary<string, string> tags) =>
        TagReader.Read(fields, _columns.Tags, _options.Format.HasNestedValues, out tags);

    /// <summary>Finds the input.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="turns">The turns before the reference, which hold the input; null where they are still to be found.</param>
    /// <param name="input">The input as one text.</param>
    public RowProblem? ReadInput(RowFields fields, ref List<ChatTurns.Turn>? turns, out string input)
    {
        input = "";
        if (turns is null && _options.Columns.Input is null && _options.JoinInstruction && InstructionReader.IsIn(fields))
        {
            if (InstructionReader.Read(fields, out var joined, out turns) is { } problem)
            {
                return problem;
            }

            if (joined is not null)
            {
                input = joined;
                return null;
            }
        }

        if (turns is null)
        {
            var names = _columns.Input is { } column ? [column] : InputNames;
            if (fields.TryFindFirst(names, out var name, out var value))
            {
                if (value.ValueKind == JsonValueKind.Array)
                {
                    if (ChatTurns.Read(value, name, out turns) is { } turnsProblem)
                    {
                        return turnsProblem;
                    }

                    ConversationReader.RemoveAnswer(turns);
                }
                else if (!JsonText.TryRead(value, out input))
                {
                    return WrongType(name, "a string or a list of turns", value);
                }
            }

            if (turns is null)
            {
                return _options.RequireInput && string.IsNullOrWhiteSpace(input)
                    ? new RowProblem(MalformedReasons.MissingInput, $"There is no input: {string.Join(", ", names)} absent or empty.")
                    : null;
            }
        }

        input = turns.FindLast(turn => turn.Message.Role == "user")?.Message.Content ?? "";
        return _options.RequireInput && turns.Count == 0
            ? new RowProblem(MalformedReasons.MissingInput, "There is no turn before the reference.")
            : null;
    }

    /// <summary>A field of another type than it must be.</summary>
    internal static RowProblem WrongType(string place, string expected, JsonElement actual) =>
        new(MalformedReasons.WrongType, $"{place} must be {expected}; it is {JsonKind.Describe(actual)}.");
}
