using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Predictions;

/// <summary>Finds which turn of a conversation a sample is.</summary>
internal static class TurnFields
{
    /// <summary>
    /// Reads <c>turn</c> and <c>turns</c> as a run's files have them, beside an id that ends with the turn. Anything else is a field of the
    /// user's own.
    /// </summary>
    /// <param name="sample">The sample's fields.</param>
    /// <param name="id">The sample's id.</param>
    /// <returns>Which of how many turns, from 1; zeros for none.</returns>
    public static (int Turn, int Turns) Read(AnswerFields sample, string id)
    {
        var (turn, turns) = (Count(sample, "turn"), Count(sample, "turns"));
        return turn <= turns && turns <= ConversationTurn.MaxTurns && ConversationTurn.IsIdOf(id, turn) ? (turn, turns) : (0, 0);
    }

    private static int Count(AnswerFields sample, string name) =>
        sample.TryFind(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0
            ? count
            : 0;
}
