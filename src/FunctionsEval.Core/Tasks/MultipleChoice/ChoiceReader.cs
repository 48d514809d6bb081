using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.MultipleChoice;

/// <summary>Reads a question's choices and which of them are right.</summary>
internal static class ChoiceReader
{
    /// <summary>The most choices: one for each letter.</summary>
    public const int MaxChoices = 26;

    /// <summary>Fields looked up for the right choice, in this order, when the spec names none.</summary>
    public static readonly IReadOnlyList<string> GoldNames = ["answer", "gold", "answerKey", .. SampleReader.ReferenceNames];

    /// <summary>Reads the choices, 2 to 26 texts, and the right one or a list of right ones.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="column">The field of the right choice that the spec names; null for the usual names.</param>
    /// <param name="choices">The choices.</param>
    /// <param name="gold">The indices of the right ones, from 0.</param>
    public static RowProblem? Read(RowFields fields, string? column, out IReadOnlyList<string> choices, out List<int> gold)
    {
        gold = [];
        var names = column is null ? GoldNames : [column];
        var hasGold = fields.TryFindFirst(names, out var name, out var value);
        var problem = ChoiceShapes.Read(fields, out var list);
        choices = list.Texts;
        if (problem is { Reason: MalformedReasons.MissingReference } && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            // BoolQ: a question whose answer is yes or no.
            choices = ["no", "yes"];
            gold.Add(value.ValueKind == JsonValueKind.True ? 1 : 0);
            return null;
        }

        if (problem is not null)
        {
            return problem;
        }

        if (column is null && list.Marks.ValueKind == JsonValueKind.Array)
        {
            gold.AddRange(
                list.Marks.EnumerateArray()
                    .Index()
                    .Where(mark => JsonText.TryRead(mark.Item, out var text) && text == "1")
                    .Select(mark => mark.Index)
            );
            return gold.Count > 0
                ? null
                : new RowProblem(MalformedReasons.MissingReference, "mc1_targets.labels marks no choice as right (1).");
        }

        if (!hasGold)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"There is no right choice: looked for {string.Join(", ", names)}.");
        }

        foreach (var element in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value })
        {
            if (ReadGold(element, name, list, out var index) is { } goldProblem)
            {
                return goldProblem;
            }

            if (!gold.Contains(index))
            {
                gold.Add(index);
            }
        }

        return gold.Count > 0 ? null : new RowProblem(MalformedReasons.MissingReference, $"{name} is an empty list.");
    }

    /// <summary>
    /// Reads one right choice. Where choices have labels, a label goes first. Without labels a number is an index from 0; a text is a
    /// choice, else a letter from A, else an index in digits. In <c>answerKey</c>, which names ARC's labels, <c>"1"</c> is the first
    /// choice.
    /// </summary>
    private static RowProblem? ReadGold(JsonElement element, string name, ChoiceList list, out int index)
    {
        index = -1;
        if (!JsonText.TryRead(element, out var text))
        {
            return Unknown(name, list);
        }

        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var field = name[(name.LastIndexOf('.') + 1)..];
        if (isNumber && list.NumbersIn is { } clear && !field.Equals(clear, StringComparison.OrdinalIgnoreCase))
        {
            return new RowProblem(
                MalformedReasons.Ambiguous,
                $"{name} is a number, which may be an index from 0 or the number in a choice's name. "
                    + $"Give the choice's text or its letter, or the right one's field as {clear}."
            );
        }

        var isKey =
            field.Equals("answerKey", StringComparison.OrdinalIgnoreCase) || field.Equals("answer_key", StringComparison.OrdinalIgnoreCase);
        if (isNumber && number == list.Texts.Count && list.Labels is null && !isKey && IndexOf(list.Texts, text) < 0)
        {
            return new RowProblem(
                MalformedReasons.Ambiguous,
                $"{name} is the number of choices: as an index from 0 it names none, counted from 1 the last. "
                    + "If it counts from 1, write it as a text into a field answerKey, and name that in `columns.reference`, "
                    + "or give the choices labels, as {\"text\": […], \"label\": [\"1\", …]}."
            );
        }

        index = element.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => IndexOfTruth(element.ValueKind == JsonValueKind.True, list.Texts),
            _ when list.Labels is { } labels => IndexByLabel(element, text, labels, list.Texts),
            JsonValueKind.Number => isNumber ? number : -1,
            _ when isKey => IndexByKey(text, isNumber ? number : 0, list.Texts),
            _ => IndexOf(list.Texts, text) is >= 0 and var known ? known
            : IndexOfLetter(text) is >= 0 and var letter ? letter
            : isNumber ? number
            : -1,
        };
        return index == Contradiction
                ? new RowProblem(
                    MalformedReasons.Ambiguous,
                    $"{name} is the label of one choice and the text of another. Give the choices labels, as {{\"text\": "
                        + "[…], \"label\": […]}."
                )
            : index >= 0 && index < list.Texts.Count ? null
            : Unknown(name, list);
    }

    private const int Contradiction = -2;

    private static RowProblem Unknown(string name, ChoiceList list) =>
        new(
            MalformedReasons.UnknownLabel,
            list.Labels is null
                ? $"{name} names no choice: give its index from 0 to {list.Texts.Count - 1}, "
                    + $"its letter from A to {(char)('A' + list.Texts.Count - 1)}, or its text."
                : $"{name} names no choice: give its label or its text."
        );

    private static int IndexByLabel(JsonElement element, string text, IReadOnlyList<string> labels, IReadOnlyList<string> texts)
    {
        if (IndexOf(labels, text) is >= 0 and var labelled)
        {
            return labelled;
        }

        var areNumbers = labels.All(label => label.All(char.IsAsciiDigit));
        return element.ValueKind == JsonValueKind.Number ? (!areNumbers && element.TryGetInt32(out var index) ? index : -1)
            : IndexOf(texts, text) is >= 0 and var known ? known
            : areNumbers ? IndexOfLetter(text)
            : -1;
    }

    private static int IndexByKey(string text, int number, IReadOnlyList<string> texts)
    {
        var byKey = IndexOfLetter(text) is >= 0 and var letter ? letter : number - 1;
        byKey = byKey < texts.Count ? byKey : -1;
        var byText = IndexOf(texts, text);
        return byKey < 0 ? byText
            : byText < 0 || byText == byKey ? byKey
            : Contradiction;
    }

    private static int IndexOfTruth(bool truth, IReadOnlyList<string> texts)
    {
        string[] words = truth ? ["true", "yes"] : ["false", "no"];
        int[] found =
        [
            .. texts
                .Index()
                .Where(choice => words.Contains(choice.Item.Trim(), StringComparer.OrdinalIgnoreCase))
                .Select(choice => choice.Index),
        ];
        return found is [var only] ? only : -1;
    }

    private static int IndexOfLetter(string text) => text is [>= 'A' and <= 'Z'] ? text[0] - 'A' : -1;

    private static int IndexOf(IReadOnlyList<string> texts, string text)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] == text)
            {
                return i;
            }
        }

        return -1;
    }
}
