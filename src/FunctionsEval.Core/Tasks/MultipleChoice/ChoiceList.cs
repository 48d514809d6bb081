using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.MultipleChoice;

/// <summary>A question's choices.</summary>
/// <param name="Texts">The choices.</param>
internal sealed record ChoiceList(IReadOnlyList<string> Texts)
{
    /// <summary>The labels by which the row calls them; null when they have none but their letters.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The only field whose numbers say clearly which choice they mean; null when those of every field do.</summary>
    public string? NumbersIn { get; init; }

    /// <summary>Which choices are right (1) and which are wrong (0), where the row says it beside them.</summary>
    public JsonElement Marks { get; init; }
}

/// <summary>Reads a question's choices in the shapes of the common benchmarks; docs/datasets.md lists them.</summary>
internal static class ChoiceShapes
{
    private const string ListOfTexts = "a list of 2 to 26 texts";

    /// <summary>Lists of choices, when there is no <c>choices</c>: RACE and MMLU-Pro, HellaSwag, AI2's own ARC files.</summary>
    private static readonly string[] ListNames = ["options", "endings", "question.choices"];

    /// <summary>Choices in a field each.</summary>
    private static readonly FlatShape[] FlatShapes =
    [
        new(index => $"sol{index + 1}", Label: null, NumbersIn: "label"), // PIQA: label is an index
        new(index => $"choice{index + 1}", Label: null, NumbersIn: "label"), // COPA: label is an index
        new(index => $"option{index + 1}", Label: index => $"{index + 1}", NumbersIn: "answer"), // WinoGrande
        new(index => $"ending{index}", Label: index => $"{index}", NumbersIn: null), // SWAG
        new(index => $"answer{Letter(index)}", Label: index => $"{index + 1}", NumbersIn: null), // Social IQa
        new(Letter, Label: Letter, NumbersIn: null), // C-Eval
    ];

    /// <summary>Reads the choices: <c>choices</c>, else the one of the other shapes that the row has.</summary>
    public static RowProblem? Read(RowFields fields, out ChoiceList choices)
    {
        choices = new ChoiceList([]);
        if (fields.TryFind("choices", out var list))
        {
            return ReadAny("choices", list, out choices);
        }

        List<(string Name, Func<(RowProblem? Problem, ChoiceList Choices)> Read)> found = [];
        foreach (var name in ListNames)
        {
            if (fields.TryFind(name, out var value))
            {
                found.Add((name, () => (ReadAny(name, value, out var read), read)));
            }
        }

        foreach (var shape in FlatShapes.Where(shape => fields.TryFind(shape.Field(0), out _) && fields.TryFind(shape.Field(1), out _)))
        {
            found.Add((shape.Field(0), () => (ReadFlat(fields, shape, out var read), read)));
        }

        if (fields.TryFind("mc1_targets", out var marked) && marked.ValueKind == JsonValueKind.Object)
        {
            found.Add(("mc1_targets", () => (ReadMarked("mc1_targets", marked, out var read), read)));
        }

        if (found.Count > 1)
        {
            return new RowProblem(
                MalformedReasons.Ambiguous,
                $"The choices may be those of {string.Join(" or of ", found.Select(shape => shape.Name))}. "
                    + "Put the ones that are meant into the field choices."
            );
        }

        if (found.Count == 0)
        {
            return new RowProblem(
                MalformedReasons.MissingReference,
                $"There are no choices: the field choices is absent. It must be {ListOfTexts}."
            );
        }

        (var problem, choices) = found[0].Read();
        return problem;
    }

    private static RowProblem? ReadAny(string name, JsonElement value, out ChoiceList choices)
    {
        choices = new ChoiceList([]);
        return value.ValueKind switch
        {
            JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Object => ReadObjects(
                name,
                value,
                out choices
            ),
            JsonValueKind.Array => ReadTexts(name, value, out choices),
            JsonValueKind.Object when value.TryGetProperty("text", out var texts) && texts.ValueKind == JsonValueKind.Array => ReadLabelled(
                name,
                value,
                texts,
                out choices
            ),
            JsonValueKind.Object when value.EnumerateObject().All(choice => choice.Name is [>= 'A' and <= 'Z'] or [>= 'a' and <= 'z']) =>
                ReadKeyed(name, value, out choices),
            _ => SampleReader.WrongType(name, $"{ListOfTexts}, or an object with the lists text and label", value),
        };
    }

    private static RowProblem? ReadTexts(string name, JsonElement list, out ChoiceList choices)
    {
        List<string> texts = [];
        choices = new ChoiceList(texts);
        foreach (var element in list.EnumerateArray())
        {
            if (!JsonText.TryRead(element, out var text) || text.Length == 0)
            {
                return SampleReader.WrongType($"{name}[{texts.Count}]", "a text that is not empty", element);
            }

            texts.Add(text);
        }

        return Check(name, choices);
    }

    /// <summary>ARC, OpenBookQA and CommonsenseQA: <c>{"text": […], "label": […]}</c>.</summary>
    private static RowProblem? ReadLabelled(string name, JsonElement value, JsonElement texts, out ChoiceList choices)
    {
        if (ReadTexts(name + ".text", texts, out choices) is { } problem)
        {
            return problem;
        }

        if (!value.TryGetProperty("label", out var labels) || labels.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (labels.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name + ".label", "a list as long as text", labels);
        }

        return WithLabels(name + ".label", labels.EnumerateArray(), ref choices);
    }

    /// <summary>AI2's own files: <c>[{"text": …, "label": …}, …]</c>.</summary>
    private static RowProblem? ReadObjects(string name, JsonElement list, out ChoiceList choices)
    {
        List<string> texts = [];
        List<JsonElement> labels = [];
        choices = new ChoiceList(texts);
        foreach (var element in list.EnumerateArray())
        {
            var place = $"{name}[{texts.Count}]";
            if (element.ValueKind != JsonValueKind.Object)
            {
                return SampleReader.WrongType(place, "an object with text and label", element);
            }

            element.TryGetProperty("text", out var value);
            if (!JsonText.TryRead(value, out var text) || text.Length == 0)
            {
                return SampleReader.WrongType(place + ".text", "a text that is not empty", value);
            }

            texts.Add(text);
            if (element.TryGetProperty("label", out var label))
            {
                labels.Add(label);
            }
        }

        return Check(name, choices) ?? (labels.Count == 0 ? null : WithLabels(name + ".label", labels, ref choices));
    }

    /// <summary>MedQA: <c>{"A": …, "B": …}</c>.</summary>
    private static RowProblem? ReadKeyed(string name, JsonElement value, out ChoiceList choices)
    {
        List<string> texts = [];
        List<string> labels = [];
        choices = new ChoiceList(texts) { Labels = labels };
        foreach (var choice in value.EnumerateObject())
        {
            if (!JsonText.TryRead(choice.Value, out var text) || text.Length == 0)
            {
                return SampleReader.WrongType($"{name}.{choice.Name}", "a text that is not empty", choice.Value);
            }

            if (labels.Contains(choice.Name))
            {
                return new RowProblem(MalformedReasons.WrongType, $"{name} has a label twice.");
            }

            texts.Add(text);
            labels.Add(choice.Name);
        }

        return Check(name, choices);
    }

    private static RowProblem? ReadFlat(RowFields fields, FlatShape shape, out ChoiceList choices)
    {
        List<string> texts = [];
        choices = new ChoiceList(texts) { NumbersIn = shape.NumbersIn };
        while (texts.Count < ChoiceReader.MaxChoices && fields.TryFind(shape.Field(texts.Count), out var value))
        {
            if (!JsonText.TryRead(value, out var text) || text.Length == 0)
            {
                return SampleReader.WrongType(shape.Field(texts.Count), "a text that is not empty", value);
            }

            texts.Add(text);
        }

        choices = shape.Label is { } label ? choices with { Labels = [.. Enumerable.Range(0, texts.Count).Select(label)] } : choices;
        return null;
    }

    /// <summary>TruthfulQA with one right choice: <c>{"choices": […], "labels": [1, 0, …]}</c>.</summary>
    private static RowProblem? ReadMarked(string name, JsonElement value, out ChoiceList choices)
    {
        choices = new ChoiceList([]);
        if (!value.TryGetProperty("choices", out var texts) || texts.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name + ".choices", ListOfTexts, texts);
        }

        if (ReadTexts(name + ".choices", texts, out choices) is { } problem)
        {
            return problem;
        }

        if (
            !value.TryGetProperty("labels", out var marks)
            || marks.ValueKind != JsonValueKind.Array
            || marks.GetArrayLength() != choices.Texts.Count
        )
        {
            return SampleReader.WrongType(name + ".labels", "a list of 1 and 0, as long as choices", marks);
        }

        choices = choices with { Marks = marks };
        return null;
    }

    private static RowProblem? WithLabels(string place, IEnumerable<JsonElement> elements, ref ChoiceList choices)
    {
        List<string> labels = [];
        foreach (var element in elements)
        {
            if (!JsonText.TryRead(element, out var label) || label.Length == 0)
            {
                return SampleReader.WrongType($"{place}[{labels.Count}]", "a label that is not empty", element);
            }

            labels.Add(label);
        }

        if (labels.Count != choices.Texts.Count || labels.Distinct(StringComparer.Ordinal).Count() != labels.Count)
        {
            return new RowProblem(
                MalformedReasons.WrongType,
                $"{place} must have a different label for each of the {choices.Texts.Count} choices; it has {labels.Count}."
            );
        }

        choices = choices with { Labels = labels };
        return null;
    }

    private static RowProblem? Check(string name, ChoiceList choices) =>
        choices.Texts.Count is >= 2 and <= ChoiceReader.MaxChoices
            ? null
            : new RowProblem(
                MalformedReasons.WrongType,
                $"{name} has {choices.Texts.Count} entries; it must have 2 to {ChoiceReader.MaxChoices}."
            );

    private static string Letter(int index) => ((char)('A' + index)).ToString();

    /// <summary>Choices in a field each.</summary>
    /// <param name="Field">The field of a choice, by its index.</param>
    /// <param name="Label">Its label; null for none.</param>
    /// <param name="NumbersIn">See <see cref="ChoiceList.NumbersIn"/>.</param>
    private sealed record FlatShape(Func<int, string> Field, Func<int, string>? Label, string? NumbersIn);
}
