using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads the acceptable answers of a field.</summary>
internal static class ReferenceReader
{
    private const string Expected = "a string, a number, a boolean, a list of these or a turn of the assistant";

    /// <summary>Where SQuAD's rows have their answers.</summary>
    public const string SquadAnswers = "answers";

    /// <summary>Finds SQuAD's answers: a list of texts in an object, or a list of objects with a text each.</summary>
    public static bool TryFindSquadAnswers(RowFields fields, out string name, out JsonElement value) =>
        fields.TryFindFirst([$"{SquadAnswers}.text"], out name, out value)
        || (
            fields.TryFindFirst([SquadAnswers], out name, out value)
            && value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(answer => answer.ValueKind == JsonValueKind.Object)
        );

    /// <summary>Reads a field: a text, a list of texts, SQuAD's answers, or a turn of the model, alone or in a list.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="reference">The reference; without texts for an empty list that is not known to be an unanswerable question.</param>
    public static RowProblem? Read(RowFields fields, string name, JsonElement value, out ReferenceTurn? reference)
    {
        reference = null;
        if (FindTurn(name, value, out var place, out var turn) is { } several)
        {
            return several;
        }

        if (place is not null)
        {
            var turnProblem = ChatTurns.ReadAnswer(turn, place, out var message);
            reference = message is null ? null : ReferenceTurn.From(message, place);
            return turnProblem;
        }

        var problem = ReadTexts(fields, ref name, value, out var texts);
        reference = problem is null ? new ReferenceTurn(name) { Texts = texts } : null;
        return problem;
    }

    /// <summary>
    /// Finds the turn that a field is, or that a list ends with: the answer alone, or the conversation with it, as sets of preferences
    /// have both.
    /// </summary>
    private static RowProblem? FindTurn(string name, JsonElement value, out string? place, out JsonElement turn)
    {
        (place, turn) = (null, default);
        if (value.ValueKind == JsonValueKind.Object)
        {
            (place, turn) = IsAnswer(value) ? (name, value) : default;
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 || !value.EnumerateArray().All(IsTurn))
        {
            return null;
        }

        var last = value.GetArrayLength() - 1;
        if (!IsAnswer(value[last]) || (last > 0 && IsAnswer(value[0])))
        {
            return new RowProblem(
                MalformedReasons.WrongType,
                $"{name} is a list of turns; it must be one turn of the assistant, or a conversation that ends with one."
            );
        }

        (place, turn) = ($"{name}[{last}]", value[last]);
        return null;
    }

    private static RowProblem? ReadTexts(RowFields fields, ref string name, JsonElement value, out IReadOnlyList<string> texts)
    {
        texts = [];
        if (JsonText.TryRead(value, out var text))
        {
            texts = [text];
            return null;
        }

        if (
            value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("text", out var inner)
            && inner.ValueKind == JsonValueKind.Array
        )
        {
            (name, value) = (name + ".text", inner);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name, Expected, value);
        }

        List<string> list = [];
        foreach (var element in value.EnumerateArray())
        {
            // SQuAD's own files have a list of {"text": …, "answer_start": …}.
            var isAnswer =
                element.ValueKind == JsonValueKind.Object
                && element.TryGetProperty("text", out var answer)
                && JsonText.TryRead(answer, out text);
            if (!isAnswer && !JsonText.TryRead(element, out text))
            {
                return SampleReader.WrongType($"{name}[{list.Count}]", "a string, a number or a boolean", element);
            }

            list.Add(text);
        }

        texts = list.Count == 0 && IsUnanswerable(fields, name) ? [""] : list;
        return null;
    }

    /// <summary>Reads a reference that is in several fields: the object with those members that the row has.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="members">The object's members, each with the field that has it.</param>
    /// <returns>The object as JSON; null where the row has none of them.</returns>
    public static ReferenceTurn? ReadMembers(RowFields fields, IReadOnlyList<KeyValuePair<string, string>> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var found = 0;
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var (member, field) in members)
            {
                if (fields.TryFind(field, out var value))
                {
                    writer.WritePropertyName(member);
                    value.WriteTo(writer);
                    found++;
                }
            }

            writer.WriteEndObject();
        }

        return found == 0
            ? null
            : new ReferenceTurn(string.Join(", ", members.Select(member => member.Value)))
            {
                Texts = [Encoding.UTF8.GetString(bytes.WrittenSpan)],
            };
    }

    /// <summary>Whether a value is a turn of a conversation.</summary>
    private static bool IsTurn(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String;

    /// <summary>Whether an object is a turn of the model.</summary>
    private static bool IsAnswer(JsonElement turn) =>
        turn.TryGetProperty("role", out var role)
            ? role.ValueKind == JsonValueKind.String && role.ValueEquals("assistant")
            : ToolCallReader.HasCalls(turn);

    /// <summary>
    /// Whether an empty list of answers is that of SQuAD 2.0's unanswerable question: it has an empty list of places beside it, or the row
    /// says so.
    /// </summary>
    private static bool IsUnanswerable(RowFields fields, string name)
    {
        if (fields.TryFind("is_impossible", out var impossible))
        {
            return impossible.ValueKind == JsonValueKind.True;
        }

        return name.EndsWith(".text", StringComparison.Ordinal)
            && fields.TryFind(name[..^"text".Length] + "answer_start", out var places)
            && places.ValueKind == JsonValueKind.Array
            && places.GetArrayLength() == 0;
    }
}
