using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Pairs of answers as sets of Hugging Face have them: <c>chosen</c> and <c>rejected</c>, each a text, a turn, or the conversation with
/// the answer at its end; the prompt in <c>prompt</c>, or in the conversation.
/// </summary>
internal static class PreferencePairs
{
    /// <summary>The answer that is preferred.</summary>
    public const string Chosen = "chosen";

    private const string Rejected = "rejected";
    private const string Prompt = "prompt";

    // Sets of single answers (KTO) say beside each whether it is wanted.
    private const string Completion = "completion";
    private const string IsWanted = "label";

    /// <summary>Finds the answer that is preferred; only where the other one stands beside it.</summary>
    public static bool TryFindChosen(RowFields fields, out JsonElement value) =>
        fields.TryFind(Chosen, out value) && fields.TryFind(Rejected, out _);

    /// <summary>Finds that a reference is an answer that the row calls unwanted.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="name">The field of the reference.</param>
    public static RowProblem? FindUnwanted(RowFields fields, string name) =>
        name == Completion && fields.TryFind(IsWanted, out var isWanted) && isWanted.ValueKind == JsonValueKind.False
            ? new RowProblem(
                MalformedReasons.Ambiguous,
                $"The {Completion} has the {IsWanted} false: it may be an answer that is not wanted (KTO), or the reference. Take such rows out, or say in the spec's `columns.reference` which field is the reference."
            )
            : null;

    /// <summary>Whether the preferred answer comes with the turns before it.</summary>
    public static bool HasConversation(RowFields fields, out JsonElement list) =>
        TryFindChosen(fields, out list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 1;

    /// <summary>Finds a prompt that is not that of the conversation.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="turns">The conversation with the answer.</param>
    public static RowProblem? FindOtherPrompt(RowFields fields, List<ChatTurns.Turn> turns)
    {
        if (!fields.TryFind(Prompt, out var prompt))
        {
            return null;
        }

        var isSame =
            prompt.ValueKind == JsonValueKind.Array
                ? ChatTurns.Read(prompt, Prompt, out var asked) is null && asked.Select(Key).SequenceEqual(turns.SkipLast(1).Select(Key))
                : JsonText.TryRead(prompt, out var text) && turns.Exists(turn => !turn.IsAssistant && turn.Message.Content == text);
        return isSame
            ? null
            : new RowProblem(
                MalformedReasons.Ambiguous,
                $"The prompt may be {Prompt}, or the turns of {Chosen} before its last one, and they differ. Say in the spec's `columns.input` that it is {Prompt}, or take {Prompt} out."
            );

        static (string Role, string Content) Key(ChatTurns.Turn turn) => (turn.Message.Role, turn.Message.Content);
    }
}
