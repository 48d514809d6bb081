using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks;

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
    private readonly HashSet<string> _labels;
    private readonly bool _emptyIsMissing;
    private readonly ConversationReader _conversations;

    /// <param name="options">The options.</param>
    /// <param name="columns">The names that hold for these rows.</param>
    /// <param name="emptyIsMissing">Whether an empty text counts as absent (CSV knows no other absence).</param>
    public SampleReader(DatasetReadOptions options, ColumnSpec columns, bool emptyIsMissing)
    {
        _options = options;
        _columns = columns;
        _labels = options.Task == EvaluationTask.Classification ? [.. options.Labels] : [];
        _emptyIsMissing = emptyIsMissing;
        _conversations = new ConversationReader(options, columns);
    }

    private bool IsLanguageModelling => _options.Task == EvaluationTask.LanguageModelling;

    public RowProblem? Read(JsonElement row, long offset, out Sample? sample)
    {
        sample = null;
        var fields = new RowFields(row, _emptyIsMissing);
        if (ReadId(fields, offset, out var id) is { } idProblem)
        {
            return idProblem;
        }

        if (_options.Task == EvaluationTask.MultipleChoice)
        {
            return ReadQuestion(row, fields, id, offset, out sample);
        }

        if (_conversations.Read(fields, out var turns, out var reference, out var referenceName) is { } turnsProblem)
        {
            return turnsProblem;
        }

        IReadOnlyList<string> references = reference is null ? [] : [reference];
        if (reference is null && ReadReferences(fields, turns, out references, out referenceName) is { } referenceProblem)
        {
            return referenceProblem;
        }

        if (CheckReferences(ref references, referenceName) is { } checkProblem)
        {
            return checkProblem;
        }

        var input = "";
        if (!IsLanguageModelling && ReadInput(fields, ref turns, out input) is { } inputProblem)
        {
            return inputProblem;
        }

        if (TagReader.Read(fields, _columns.Tags, _options.Format == DatasetFormat.Jsonl, out var tags) is { } tagsProblem)
        {
            return tagsProblem;
        }

        sample = new Sample
        {
            Id = id,
            Offset = offset,
            Messages = turns is null || IsLanguageModelling ? [] : [.. turns.Select(turn => turn.Message)],
            Input = input,
            References = references,
            Tags = tags,
            Fields = row,
        };
        return null;
    }

    private RowProblem? ReadQuestion(JsonElement row, RowFields fields, string id, long offset, out Sample? sample)
    {
        sample = null;
        List<ChatTurns.Turn>? turns = null;
        if (ReadInput(fields, ref turns, out var input) is { } inputProblem)
        {
            return inputProblem;
        }

        if (ChoiceReader.Read(fields, _columns.Reference, out var choices, out var gold) is { } choicesProblem)
        {
            return choicesProblem;
        }

        if (TagReader.Read(fields, _columns.Tags, _options.Format == DatasetFormat.Jsonl, out var tags) is { } tagsProblem)
        {
            return tagsProblem;
        }

        sample = new Sample
        {
            Id = id,
            Offset = offset,
            Messages = turns is null ? [] : [.. turns.Select(turn => turn.Message)],
            Input = input,
            References = [.. gold.Select(index => choices[index])],
            Choices = choices,
            GoldChoices = gold,
            Tags = tags,
            Fields = row,
        };
        return null;
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
        references = [];
        var names =
            _columns.Reference is { } column ? [column]
            : IsLanguageModelling ? ["text", .. ReferenceNames]
            : ReferenceNames;
        if (
            !fields.TryFindFirst(names, out name, out var value)
            && (_columns.Reference is not null || !ReferenceReader.TryFindSquadAnswers(fields, out name, out value))
        )
        {
            var place = turns is null && _options.Format == DatasetFormat.Jsonl && _columns.Reference is null ? "messages or " : "";
            return new RowProblem(
                MalformedReasons.MissingReference,
                names.Count == 1
                    ? $"There is no reference: the field {names[0]} is absent or empty."
                    : $"There is no reference: looked for {place}{string.Join(", ", names)}."
            );
        }

        return ReferenceReader.Read(fields, name, value, out references);
    }

    private RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (references.Count == 0)
        {
            return new RowProblem(
                MalformedReasons.MissingReference,
                $"{name} is an empty list. For a question that has no answer write [\"\"], or `is_impossible`: true beside it."
            );
        }

        if (IsLanguageModelling && references[0].Length == 0)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"{name} is empty: there is no text to score.");
        }

        if (_options.Task != EvaluationTask.Classification)
        {
            return null;
        }

        if (references.Count > 1)
        {
            return new RowProblem(
                MalformedReasons.SeveralReferences,
                $"{name} has {references.Count} references; classification takes exactly one label."
            );
        }

        // Completion-style rows put a space before the label by convention.
        var label = references[0].Trim();
        if (label.Length == 0)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"{name} is empty.");
        }

        if (_labels.Count > 0 && !_labels.Contains(label))
        {
            return new RowProblem(MalformedReasons.UnknownLabel, $"The reference in {name} is not among the spec's labels.");
        }

        references = [label];
        return null;
    }

    private RowProblem? ReadInput(RowFields fields, ref List<ChatTurns.Turn>? turns, out string input)
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
