namespace FunctionsEval.Core.Datasets;

/// <summary>The turns of a conversation, and which of them training learns from.</summary>
/// <param name="field">The field they are in.</param>
/// <param name="turns">All of them.</param>
internal sealed class TrainedTurns(string field, List<ChatTurns.Turn> turns)
{
    private readonly List<int> _places =
    [
        .. turns.Index().Where(turn => turn.Item is { IsAssistant: true, IsTrained: true }).Select(turn => turn.Index),
    ];

    /// <summary>How many turns training learns from.</summary>
    public int Count => _places.Count;

    /// <summary>The last user turn before the last trained turn.</summary>
    private string RowInput => turns.Take(_places[^1]).LastOrDefault(turn => turn.Message.Role == "user")?.Message.Content ?? "";

    /// <summary>One of the trained turns.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="rowId">The id of the row.</param>
    public TrainedTurn At(int index, string rowId) =>
        new(
            new ConversationTurn(rowId, index + 1, Count),
            turns.GetRange(0, _places[index]),
            ReferenceTurn.From(turns[_places[index]].Message, $"{field}[{_places[index]}]"),
            RowInput
        );
}
