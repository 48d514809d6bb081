using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>Reads the acceptable answers of a field.</summary>
internal static class ReferenceReader
{
    private const string Expected = "a string, a number, a boolean or a list of these";

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

    /// <summary>Reads a field: a text, a list of texts, SQuAD's answers, or a list of one assistant turn.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="references">The answers; none of an empty list that is not known to be an unanswerable question.</param>
    public static RowProblem? Read(RowFields fields, string name, JsonElement value, out IReadOnlyList<string> references)
    {
        references = [];
        if (JsonText.TryRead(value, out var text))
        {
            references = [text];
            return null;
        }

        if (
            value.ValueKind == JsonValueKind.Object
            && value.TryGetProperty("text", out var texts)
            && texts.ValueKind == JsonValueKind.Array
        )
        {
            (name, value) = (name + ".text", texts);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name, Expected, value);
        }

        List<string> list = [];
        foreach (var element in value.EnumerateArray())
        {
            // SQuAD's own files have a list of {"text": …, "answer_start": …}, sets of preferences (DPO) have the one turn that answers.
            var isAnswer =
                element.ValueKind == JsonValueKind.Object
                && element.TryGetProperty(value.GetArrayLength() == 1 && IsAssistant(element) ? "content" : "text", out var inner)
                && JsonText.TryRead(inner, out text);
            if (!isAnswer && !JsonText.TryRead(element, out text))
            {
                return SampleReader.WrongType($"{name}[{list.Count}]", "a string, a number or a boolean", element);
            }

            list.Add(text);
        }

        references = list.Count == 0 && IsUnanswerable(fields, name) ? [""] : list;
        return null;
    }

    /// <summary>Reads a reference that is in several fields: the object with those members that the row has.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="members">The object's members, each with the field that has it.</param>
    /// <param name="references">The object as JSON.</param>
    /// <param name="name">The fields, for messages.</param>
    public static RowProblem? ReadMembers(
        RowFields fields,
        IReadOnlyList<KeyValuePair<string, string>> members,
        out IReadOnlyList<string> references,
        out string name
    )
    {
        references = [];
        name = string.Join(", ", members.Select(member => member.Value));
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

        if (found == 0)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"There is no reference: all of {name} are absent or empty.");
        }

        references = [Encoding.UTF8.GetString(bytes.WrittenSpan)];
        return null;
    }

    private static bool IsAssistant(JsonElement turn) =>
        turn.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("assistant");

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
