using System.Globalization;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads a question's choices and which of them are right.</summary>
internal static class ChoiceReader
{
    /// <summary>The most choices: one for each letter.</summary>
    public const int MostChoices = 26;

    /// <summary>Fields looked up for the right choice, in this order, when the spec names none.</summary>
    public static readonly IReadOnlyList<string> GoldNames = ["answer", "gold", .. SampleReader.ReferenceNames];

    /// <summary>Reads <c>choices</c>: 2 to 26 texts.</summary>
    public static RowProblem? ReadChoices(RowFields fields, out List<string> choices)
    {
        choices = [];
        if (!fields.TryFind("choices", out var list))
        {
            return new RowProblem(MalformedReasons.MissingReference, "There are no choices: the field choices is absent. It must be a list of 2 to 26 texts.");
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType("choices", "a list of 2 to 26 texts", list);
        }

        foreach (var element in list.EnumerateArray())
        {
            if (!JsonText.TryRead(element, out var text) || text.Length == 0)
            {
                return SampleReader.WrongType($"choices[{choices.Count}]", "a text that is not empty", element);
            }

            choices.Add(text);
        }

        return choices.Count is >= 2 and <= MostChoices ? null : new RowProblem(MalformedReasons.WrongType, $"choices has {choices.Count} entries; it must have 2 to {MostChoices}.");
    }

    /// <summary>Reads the right choice, or a list of them: a number is an index from 0; a text is a choice, else a letter from A, else an index in digits.</summary>
    public static RowProblem? ReadGold(RowFields fields, string? column, List<string> choices, out List<int> gold)
    {
        gold = [];
        IReadOnlyList<string> names = column is null ? GoldNames : [column];
        if (!fields.TryFindFirst(names, out var name, out var value))
        {
            return new RowProblem(MalformedReasons.MissingReference, $"There is no right choice: looked for {string.Join(", ", names)}.");
        }

        JsonElement[] elements = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        foreach (var element in elements)
        {
            if (IndexOf(element, choices) is not { } index)
            {
                return new RowProblem(MalformedReasons.UnknownLabel, $"{name} names no choice: give its index from 0 to {choices.Count - 1}, its letter from A to {(char)('A' + choices.Count - 1)}, or its text.");
            }

            if (!gold.Contains(index))
            {
                gold.Add(index);
            }
        }

        return gold.Count > 0 ? null : new RowProblem(MalformedReasons.MissingReference, $"{name} is an empty list.");
    }

    private static int? IndexOf(JsonElement element, List<string> choices)
    {
        int index;
        if (element.ValueKind == JsonValueKind.Number)
        {
            return element.TryGetInt32(out index) && index >= 0 && index < choices.Count ? index : null;
        }

        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = element.GetString()!;
        index = choices.IndexOf(text);
        if (index >= 0)
        {
            return index;
        }

        index = text is [>= 'A' and <= 'Z'] ? text[0] - 'A'
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ? digits
            : -1;
        return index >= 0 && index < choices.Count ? index : null;
    }
}
