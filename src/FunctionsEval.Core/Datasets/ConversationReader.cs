using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// Finds the turns of a row in chat shape: <c>messages</c>, the <c>input.messages</c> of pairs of answers (DPO), or the
/// <c>conversations</c> of ShareGPT.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="columns">The names that hold for these rows.</param>
/// <param name="references">Finds references in fields of their own.</param>
internal sealed class ConversationReader(DatasetReadOptions options, ColumnSpec columns, ReferenceFields references)
{
    private const string PairMessages = "input.messages";

    private static readonly string[] ConversationNames = ["conversations", "conversation"];

    /// <summary>
    /// Reads the turns. The last assistant turn that training learns from is the reference, unless the spec names another field, or the
    /// conversation ends with another role and the row has a reference of its own or needs none.
    /// </summary>
    /// <param name="fields">The row.</param>
    /// <param name="turns">The turns before the reference; null when the row is in another shape.</param>
    /// <param name="reference">The reference; null when it is in another field, or there is none.</param>
    public RowProblem? Read(RowFields fields, out List<ChatTurns.Turn>? turns, out ReferenceTurn? reference)
    {
        turns = null;
        reference = null;
        if (!options.Format.HasNestedValues || HasPlainInput(fields) || FindTurns(fields, out var list) is not { } name)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name, "a list", list);
        }

        if (ChatTurns.Read(list, name, out turns) is { } problem)
        {
            return problem;
        }

        if (name == PreferencePairs.Chosen && PreferencePairs.FindOtherPrompt(fields, turns) is { } otherPrompt)
        {
            return otherPrompt;
        }

        if (ConversationNames.Contains(name))
        {
            AddSystemTurn(fields, turns);
        }

        var endsWithAnswer = turns.Count > 0 && turns[^1].IsAssistant;
        var isElsewhere = columns.Reference is not null || ((!endsWithAnswer || name == PairMessages) && references.IsIn(fields));
        if (isElsewhere || (!endsWithAnswer && !options.RequireReference))
        {
            RemoveAnswer(turns);
            return null;
        }

        return TakeReference(fields, turns, name, out reference);
    }

    /// <summary>Reads a conversation each of whose trained turns is a reference.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="trained">The trained turns, at least one.</param>
    public RowProblem? ReadTrained(RowFields fields, out TrainedTurns? trained)
    {
        trained = null;
        if (!options.Format.HasNestedValues || HasPlainInput(fields) || FindTurns(fields, out var list) is not { } name)
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                "The row has no messages, each trained turn of which \"turns\": \"all\" makes a sample. Say \"turns\": \"last\" in the spec."
            );
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return SampleReader.WrongType(name, "a list", list);
        }

        if (list.GetArrayLength() > ConversationTurn.MaxTurns)
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                $"{name} has more than {ConversationTurn.MaxTurns} turns, which \"turns\": \"all\" takes at most. Divide the conversation."
            );
        }

        if (ChatTurns.Read(list, name, out var turns) is { } problem)
        {
            return problem;
        }

        if (ConversationNames.Contains(name))
        {
            AddSystemTurn(fields, turns);
        }

        var isPair = name is PairMessages or PreferencePairs.Chosen;
        if (isPair || ((turns.Count == 0 || !turns[^1].IsAssistant) && references.IsIn(fields)))
        {
            return new RowProblem(
                MalformedReasons.Ambiguous,
                $"The row has a reference beside {name}, which belongs to its end alone. Say \"turns\": \"last\" in the spec, or put the answer into the conversation as its last turn."
            );
        }

        trained = new TrainedTurns(name, turns);
        return trained.Count > 0 ? null : MissingReference(fields, turns, name);
    }

    private RowProblem? TakeReference(RowFields fields, List<ChatTurns.Turn> turns, string name, out ReferenceTurn? reference)
    {
        reference = null;
        var last = turns.FindLastIndex(turn => turn.IsAssistant && turn.IsTrained);
        if (last >= 0)
        {
            reference = ReferenceTurn.From(turns[last].Message, $"{name}[{last}]");
            turns.RemoveRange(last, turns.Count - last);
            return null;
        }

        if (!options.RequireReference)
        {
            RemoveAnswer(turns);
            return null;
        }

        return MissingReference(fields, turns, name);
    }

    private RowProblem MissingReference(RowFields fields, List<ChatTurns.Turn> turns, string name) =>
        new(
            MalformedReasons.MissingReference,
            (
                turns.Exists(turn => turn.IsAssistant)
                    ? $"{name} has no reference: every assistant turn has weight 0."
                    : $"{name} has no assistant turn, and the row has none of {string.Join(", ", SampleReader.ReferenceNames)}."
            ) + references.Advice(fields)
        );

    /// <summary>Whether another field than turns is what the spec, or the row, asks with.</summary>
    private bool HasPlainInput(RowFields fields) =>
        options.Shape.HasInput
            ? columns.Input is not null
            : fields.TryFind(columns.Reference?.Name ?? options.Shape.ReferenceNames[0], out _);

    /// <summary>ShareGPT's files keep the system turn in a field of its own.</summary>
    private static void AddSystemTurn(RowFields fields, List<ChatTurns.Turn> turns)
    {
        if (
            !turns.Exists(turn => turn.Message.Role == "system")
            && fields.TryFind("system", out var system)
            && system.ValueKind == JsonValueKind.String
            && !system.ValueEquals("")
        )
        {
            turns.Insert(0, new ChatTurns.Turn(new ChatMessage("system", system.GetString()!), IsTrained: true));
        }
    }

    /// <summary>
    /// The field of the row's turns; null when it has none. <c>conversations</c> counts only where nothing else makes the prompt.
    /// </summary>
    private string? FindTurns(RowFields fields, out JsonElement list)
    {
        if (fields.TryFind("messages", out list))
        {
            return "messages";
        }

        if (fields.TryFind(PairMessages, out list))
        {
            return PairMessages;
        }

        if (PreferencePairs.HasConversation(fields, out list))
        {
            return PreferencePairs.Chosen;
        }

        var hasReference = references.IsIn(fields);
        var isElsewhere = options.Shape.HasInput
            ? InputReader.Names.Any(name => fields.TryFind(name, out _))
                || InstructionReader.IsIn(fields)
                || (hasReference && !options.RequireInput)
            : hasReference;
        return !isElsewhere && fields.TryFindFirst(ConversationNames, out var found, out list) && list.ValueKind == JsonValueKind.Array
            ? found
            : null;
    }

    /// <summary>Removes assistant turns at the end: a model is never sent the answer it is asked for.</summary>
    public static void RemoveAnswer(List<ChatTurns.Turn> turns)
    {
        while (turns.Count > 0 && turns[^1].IsAssistant)
        {
            turns.RemoveAt(turns.Count - 1);
        }
    }
}
