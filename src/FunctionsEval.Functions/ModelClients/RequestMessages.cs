using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>The turns of a conversation as an endpoint takes them.</summary>
internal static class RequestMessages
{
    /// <summary>Writes the turns in other roles, or into other turns, where the endpoint refuses theirs.</summary>
    /// <param name="turns">The conversation.</param>
    /// <param name="learned">What the endpoint refuses.</param>
    public static IReadOnlyList<ChatMessage> Prepare(IReadOnlyList<ChatMessage> turns, Parameters learned)
    {
        if (learned.HasFlag(Parameters.NoSystemRole))
        {
            turns = IntoUserTurns(turns);
        }
        else if (learned.HasFlag(Parameters.DeveloperRole))
        {
            turns = [.. turns.Select(turn => turn.Role == "system" ? turn with { Role = "developer" } : turn)];
        }

        return learned.HasFlag(Parameters.NoNames) ? [.. turns.Select(turn => turn with { Name = null })] : turns;
    }

    /// <summary>Puts each instruction in front of the next user turn, and makes it one where none follows.</summary>
    private static List<ChatMessage> IntoUserTurns(IReadOnlyList<ChatMessage> turns)
    {
        var result = new List<ChatMessage>();
        var waiting = new List<string>();
        foreach (var turn in turns)
        {
            // OpenAI's names for turns of an example conversation among the instructions.
            if (turn is { Role: "system", Name: "example_user" or "example_assistant" })
            {
                Add(turn with { Role = turn.Name["example_".Length..], Name = null });
            }
            else if (EndpointQuirks.IsSystem(turn))
            {
                waiting.Add(turn.Content);
            }
            else
            {
                Add(turn);
            }
        }
        if (waiting.Count > 0)
        {
            result.Add(new ChatMessage("user", string.Join("\n\n", waiting)));
        }

        return result;

        void Add(ChatMessage turn)
        {
            if (turn.Role == "user" && waiting.Count > 0)
            {
                turn = turn with { Content = string.Join("\n\n", [.. waiting, turn.Content]) };
                waiting.Clear();
            }
            result.Add(turn);
        }
    }
}
