using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Preference;

/// <summary>Reads the answer of a pair that is not preferred.</summary>
internal static class OtherOutput
{
    /// <summary>Fields looked up for it, in this order.</summary>
    private static readonly string[] Names = ["non_preferred_output", "rejected"];

    /// <summary>Fields looked up for the preferred answer: a pair's own first.</summary>
    public static readonly IReadOnlyList<string> ReferenceNames =
    [
        "preferred_output",
        .. SampleReader.ReferenceNames.Except(["preferred_output"]),
    ];

    /// <summary>Whether a row has it.</summary>
    public static bool IsIn(RowFields fields) => fields.TryFindFirst(Names, out _, out _);

    /// <summary>Reads it.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="messages">The turns before the preferred answer; empty for a row in another shape.</param>
    /// <param name="name">Its field.</param>
    /// <param name="text">The answer.</param>
    public static RowProblem? Read(RowFields fields, IReadOnlyList<ChatMessage> messages, out string name, out string text)
    {
        text = "";
        if (!fields.TryFindFirst(Names, out name, out var value))
        {
            return new RowProblem(MalformedReasons.MissingReference, $"There is no second answer: looked for {string.Join(", ", Names)}.");
        }

        if (ReferenceReader.Read(fields, name, value, out var answer) is { } problem)
        {
            return problem;
        }

        if (answer!.Calls.Count > 0)
        {
            return new RowProblem(MalformedReasons.UnsupportedContent, $"{answer.Field} calls tools. The answers of a pair must be texts.");
        }

        if (answer.Texts is not [{ Length: > 0 } only])
        {
            return new RowProblem(MalformedReasons.WrongType, $"{name} must be one answer with a text; it has {answer.Texts.Count}.");
        }

        text = only;
        return FindOtherConversation(name, value, messages);
    }

    /// <summary>Finds that an answer comes with other turns before it than the preferred one.</summary>
    private static RowProblem? FindOtherConversation(string name, JsonElement value, IReadOnlyList<ChatMessage> messages)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < 2 || messages.Count == 0)
        {
            return null;
        }

        if (ChatTurns.Read(value, name, out var turns) is { } problem)
        {
            return problem;
        }

        var before = turns.SkipLast(1).Select(turn => (turn.Message.Role, turn.Message.Content));
        return before.SequenceEqual(messages.Select(message => (message.Role, message.Content)))
            ? null
            : new RowProblem(
                MalformedReasons.Ambiguous,
                $"The turns of {name} before its last one are not those that the preferred answer follows: the two are no pair."
            );
    }
}
