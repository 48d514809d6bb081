using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;

/// <summary>The turns of a conversation as an endpoint takes them.</summary>
internal static class RequestMessages
{
    /// <summary>Gives turns other roles, or moves them into other turns, where the endpoint refuses their roles.</summary>
    /// <param name="turns">The conversation.</param>
    /// <param name="sent">What is sent in another form than the usual one.</param>
    public static IReadOnlyList<ChatMessage> Prepare(IReadOnlyList<ChatMessage> turns, Quirks sent)
    {
        if (sent.HasFlag(Quirks.NoSystemRole))
        {
            turns = IntoUserTurns(turns);
        }
        else if (sent.HasFlag(Quirks.DeveloperRole))
        {
            turns = [.. turns.Select(turn => turn.Role == "system" ? turn with { Role = "developer" } : turn)];
        }

        return sent.HasFlag(Quirks.NoNames) ? [.. turns.Select(turn => HasFreeName(turn) ? turn with { Name = null } : turn)] : turns;
    }

    /// <summary>Whether a turn has a name that it can do without. The result of a function is known by its name alone.</summary>
    public static bool HasFreeName(ChatMessage turn) => turn is { Name: not null, Role: not "function" };

    /// <summary>Whether a turn is an instruction rather than a part of the conversation.</summary>
    public static bool IsInstruction(ChatMessage turn) => turn.Role is "system" or "developer";

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
            else if (IsInstruction(turn))
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
                var instructions = string.Join("\n\n", waiting);
                turn = turn with
                {
                    Content = $"{instructions}\n\n{turn.Content}",
                    Parts = turn.Parts.Count == 0 ? [] : [new TextPart(instructions), .. turn.Parts],
                };
                waiting.Clear();
            }
            result.Add(turn);
        }
    }
}
