using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// The prompt of a row with an <c>instruction</c> (Alpaca, Dolly): the instruction and, on the next line, the <c>input</c> or
/// <c>context</c> where there is one, as LLaMA-Factory joins them; after the row's <c>system</c> and <c>history</c> where it has these.
/// </summary>
internal static class InstructionReader
{
    private const string Name = "instruction";

    /// <summary>Whether the row has an instruction.</summary>
    public static bool IsIn(RowFields fields) =>
        fields.TryFind(Name, out var value) && value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString());

    /// <summary>Reads the prompt.</summary>
    /// <param name="fields">A row with an instruction.</param>
    /// <param name="input">The instruction with what belongs to it; null when the row's other fields make the prompt.</param>
    /// <param name="turns">All turns, when the row has a system turn or a history; null when the input is all.</param>
    public static RowProblem? Read(RowFields fields, out string? input, out List<ChatTurns.Turn>? turns)
    {
        input = null;
        turns = null;
        fields.TryFind(Name, out var value);
        var instruction = value.GetString()!;
        if (FindCompanion(fields, instruction, out var companion, out var isPrompt) is { } problem)
        {
            return problem;
        }

        if (isPrompt)
        {
            return null;
        }

        input = companion.Length == 0 ? instruction : $"{instruction}\n{companion}";
        return ReadEarlier(fields, input, out turns);
    }

    /// <summary>What the instruction is about; or that another field is the prompt.</summary>
    private static RowProblem? FindCompanion(RowFields fields, string instruction, out string companion, out bool isPrompt)
    {
        companion = "";
        isPrompt = false;
        var hasInput = fields.TryFind("input", out var input) && !IsBlank(input);
        var hasContext = fields.TryFind("context", out var context) && !IsBlank(context);
        if (hasInput && hasContext)
        {
            return Ambiguous("input", "context");
        }

        if (hasInput && input.ValueKind == JsonValueKind.Array)
        {
            isPrompt = true;
            return null;
        }

        if (hasInput || hasContext)
        {
            return JsonText.TryRead(hasInput ? input : context, out companion)
                ? null
                : SampleReader.WrongType(hasInput ? "input" : "context", "a string", hasInput ? input : context);
        }

        // Alpaca's own rows have a text with prompt and answer in one; their input, empty or not, tells them.
        if (fields.Has("input"))
        {
            return null;
        }

        foreach (var name in new[] { "prompt", "text" })
        {
            if (fields.TryFind(name, out var other) && !IsBlank(other))
            {
                isPrompt =
                    name == "prompt" && JsonText.TryRead(other, out var prompt) && prompt.Contains(instruction, StringComparison.Ordinal);
                return isPrompt ? null : Ambiguous(name);
            }
        }

        return null;
    }

    private static RowProblem? ReadEarlier(RowFields fields, string input, out List<ChatTurns.Turn>? turns)
    {
        turns = null;
        List<ChatTurns.Turn> earlier = [];
        if (fields.TryFind("system", out var system) && system.ValueKind == JsonValueKind.String && !IsBlank(system))
        {
            earlier.Add(new ChatTurns.Turn(new ChatMessage("system", system.GetString()!), IsTrained: true));
        }

        // In CSV an empty list is a text.
        if (
            fields.TryFind("history", out var history)
            && !IsBlank(history)
            && !(history.ValueKind == JsonValueKind.String && history.ValueEquals("[]"))
        )
        {
            const string Expected =
                "a list of pairs of texts, instruction and answer; where it is none, name the fields of the prompt in `prompt.user`: "
                + "{{ instruction }} {{ input }}";
            if (history.ValueKind != JsonValueKind.Array)
            {
                return SampleReader.WrongType("history", Expected, history);
            }

            foreach (var pair in history.EnumerateArray())
            {
                if (
                    pair.ValueKind != JsonValueKind.Array
                    || pair.GetArrayLength() != 2
                    || !JsonText.TryRead(pair[0], out var asked)
                    || !JsonText.TryRead(pair[1], out var answered)
                )
                {
                    return new RowProblem(MalformedReasons.WrongType, $"history must be {Expected}.");
                }

                earlier.Add(new ChatTurns.Turn(new ChatMessage("user", asked), IsTrained: true));
                earlier.Add(new ChatTurns.Turn(new ChatMessage("assistant", answered), IsTrained: true));
            }
        }

        if (earlier.Count > 0)
        {
            turns = [.. earlier, new ChatTurns.Turn(new ChatMessage("user", input), IsTrained: true)];
        }

        return null;
    }

    private static bool IsBlank(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()),
            JsonValueKind.Array => value.GetArrayLength() == 0,
            _ => false,
        };

    private static RowProblem Ambiguous(params string[] others) =>
        new(
            MalformedReasons.Ambiguous,
            $"The prompt may be the instruction with {string.Join(" or ", others)}, or {others[0]} alone. "
                + $"Say {others[0]} in the spec's `columns.input` to send it alone, or name the fields in `prompt.user`: "
                + $"{{{{ instruction }}}} {{{{ {others[0]} }}}}."
        );
}
