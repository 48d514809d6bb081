using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Datasets;

/// <summary>Finds a sample's parts in the fields of a row; docs/datasets.md states the shapes.</summary>
internal sealed partial class SampleReader
{
    /// <summary>Fields looked up for the input, in this order, when <see cref="ColumnSpec.Input"/> names none.</summary>
    public static readonly IReadOnlyList<string> InputNames = ["input", "prompt", "text"];

    /// <summary>Fields looked up for the reference, in this order, when <see cref="ColumnSpec.Reference"/> names none.</summary>
    public static readonly IReadOnlyList<string> ReferenceNames =
        ["expected", "ideal", "reference", "references", "completion", "label", "output"];

    private readonly DatasetReadOptions _options;
    private readonly ColumnSpec _columns;
    private readonly HashSet<string> _labels;
    private readonly bool _emptyIsMissing;

    /// <param name="options">The options.</param>
    /// <param name="columns">The names that hold for these rows.</param>
    /// <param name="emptyIsMissing">Whether an empty text counts as absent (CSV knows no other absence).</param>
    public SampleReader(DatasetReadOptions options, ColumnSpec columns, bool emptyIsMissing)
    {
        _options = options;
        _columns = columns;
        _labels = options.Task == EvaluationTask.Classification ? [.. options.Labels] : [];
        _emptyIsMissing = emptyIsMissing;
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

        if (ReadTurns(fields, out var turns, out var reference) is { } turnsProblem)
        {
            return turnsProblem;
        }

        var referenceName = "messages";
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

        if (ReadTags(fields, out var tags) is { } tagsProblem)
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

        if (ChoiceReader.ReadChoices(fields, out var choices) is { } choicesProblem)
        {
            return choicesProblem;
        }

        if (ChoiceReader.ReadGold(fields, _columns.Reference, choices, out var gold) is { } goldProblem)
        {
            return goldProblem;
        }

        if (ReadTags(fields, out var tags) is { } tagsProblem)
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

    /// <summary>Reads <c>messages</c>. The last assistant turn that training learns from is the reference, unless the spec names another field, or the conversation ends with another role and the row has a reference of its own.</summary>
    private RowProblem? ReadTurns(RowFields fields, out List<ChatTurns.Turn>? turns, out string? reference)
    {
        turns = null;
        reference = null;
        if (_options.Format != DatasetFormat.Jsonl
            || (IsLanguageModelling ? fields.TryFind(_columns.Reference ?? "text", out _) : _columns.Input is not null)
            || !fields.TryFind("messages", out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return WrongType("messages", "a list", list);
        }

        if (ChatTurns.Read(list, "messages", out turns) is { } problem)
        {
            return problem;
        }

        var endsWithAssistant = turns.Count > 0 && turns[^1].IsAssistant;
        if (_columns.Reference is not null || (!endsWithAssistant && ReferenceNames.Any(name => fields.TryFind(name, out _))))
        {
            RemoveAnswer(turns);
            return null;
        }

        var last = turns.FindLastIndex(turn => turn.IsAssistant && turn.IsTrained);
        if (last < 0)
        {
            return new RowProblem(
                MalformedReasons.MissingReference,
                turns.Exists(turn => turn.IsAssistant)
                    ? "messages has no reference: every assistant turn has weight 0."
                    : $"messages has no assistant turn, and the row has none of {string.Join(", ", ReferenceNames)}.");
        }

        reference = turns[last].Message.Content;
        turns.RemoveRange(last, turns.Count - last);
        return null;
    }

    private RowProblem? ReadReferences(
        RowFields fields, List<ChatTurns.Turn>? turns, out IReadOnlyList<string> references, out string name)
    {
        references = [];
        IReadOnlyList<string> names = _columns.Reference is { } column ? [column]
            : IsLanguageModelling ? ["text", .. ReferenceNames]
            : ReferenceNames;
        if (!fields.TryFindFirst(names, out name, out var value))
        {
            var place = turns is null && _options.Format == DatasetFormat.Jsonl && _columns.Reference is null ? "messages or " : "";
            return new RowProblem(
                MalformedReasons.MissingReference,
                names.Count == 1 ? $"There is no reference: the field {names[0]} is absent or empty."
                    : $"There is no reference: looked for {place}{string.Join(", ", names)}.");
        }

        if (JsonText.TryRead(value, out var text))
        {
            references = [text];
            return null;
        }

        const string expected = "a string, a number, a boolean or a list of these";
        if (value.ValueKind != JsonValueKind.Array)
        {
            return WrongType(name, expected, value);
        }

        List<string> list = [];
        foreach (var element in value.EnumerateArray())
        {
            if (!JsonText.TryRead(element, out text))
            {
                return WrongType($"{name}[{list.Count}]", "a string, a number or a boolean", element);
            }

            list.Add(text);
        }

        references = list;
        return null;
    }

    private RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (references.Count == 0)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"{name} is an empty list.");
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
                MalformedReasons.SeveralReferences, $"{name} has {references.Count} references; classification takes exactly one label.");
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
        if (turns is null)
        {
            IReadOnlyList<string> names = _columns.Input is { } column ? [column] : InputNames;
            if (fields.TryFindFirst(names, out var name, out var value))
            {
                if (value.ValueKind == JsonValueKind.Array)
                {
                    if (ChatTurns.Read(value, name, out turns) is { } problem)
                    {
                        return problem;
                    }

                    RemoveAnswer(turns);
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

    /// <summary>Removes assistant turns at the end: a model is never sent the answer it is asked for.</summary>
    private static void RemoveAnswer(List<ChatTurns.Turn> turns)
    {
        while (turns.Count > 0 && turns[^1].IsAssistant)
        {
            turns.RemoveAt(turns.Count - 1);
        }
    }

    private RowProblem? ReadTags(RowFields fields, out Dictionary<string, string> tags)
    {
        tags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_options.Format == DatasetFormat.Jsonl && fields.TryFind("tags", out var own))
        {
            if (own.ValueKind != JsonValueKind.Object)
            {
                return WrongType("tags", "an object", own);
            }

            foreach (var tag in own.EnumerateObject())
            {
                if (JsonText.TryRead(tag.Value, out var text))
                {
                    tags[tag.Name] = text;
                }
                else if (tag.Value.ValueKind != JsonValueKind.Null)
                {
                    return WrongType("a value of tags", "a string, a number or a boolean", tag.Value);
                }
            }
        }

        foreach (var name in _columns.Tags)
        {
            if (!fields.TryFind(name, out var value))
            {
                continue;
            }

            if (!JsonText.TryRead(value, out var text))
            {
                return WrongType(name, "a string, a number or a boolean", value);
            }

            tags[name] = text;
        }

        return null;
    }

    /// <summary>A field of another type than it must be.</summary>
    internal static RowProblem WrongType(string place, string expected, JsonElement actual) =>
        new(MalformedReasons.WrongType, $"{place} must be {expected}; it is {JsonText.Describe(actual)}.");
}
