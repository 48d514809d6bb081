using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols;

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

    /// <summary>The quirks that follow from a refusal of the turns' roles or names.</summary>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    public static Quirks Adapt(EndpointError error, ModelRequest request, Quirks sent)
    {
        if (request.Messages.Any(HasFreeName) && !sent.HasFlag(Quirks.NoNames) && error.IsAboutTurn("name"))
        {
            return Quirks.NoNames;
        }

        if (
            !request.Messages.Any(IsInstruction)
            || sent.HasFlag(Quirks.NoSystemRole)
            || !(error.IsAboutTurn("role") || error.SaysSystemRoleUnsupported)
        )
        {
            return Quirks.None;
        }

        // An endpoint that knows the other role names the field; a chat template would silently drop an unknown role.
        return
            request.Messages.Any(turn => turn.Role == "system")
            && !sent.HasFlag(Quirks.DeveloperRole)
            && error is { IsUnsupportedParameter: true, IsAboutTemplate: false }
            ? Quirks.DeveloperRole
            : Quirks.NoSystemRole;
    }

    /// <summary>The parts of the turns that are not sent as they are, in the API's words.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    public static IEnumerable<string> LeftOut(ModelRequest request, Quirks sent)
    {
        if ((sent & (Quirks.DeveloperRole | Quirks.NoSystemRole)) != Quirks.None && request.Messages.Any(IsInstruction))
        {
            yield return "system role";
        }

        if (sent.HasFlag(Quirks.NoNames) && request.Messages.Any(HasFreeName))
        {
            yield return "name";
        }
    }

    /// <summary>Whether a turn has a name that it can do without. The result of a function is known by its name alone.</summary>
    private static bool HasFreeName(ChatMessage turn) => turn is { Name: not null, Role: not "function" };

    /// <summary>Whether a turn is an instruction rather than a part of the conversation.</summary>
    private static bool IsInstruction(ChatMessage turn) => turn.Role is "system" or "developer";

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
