using System.Globalization;
using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Import;

/// <summary>What a run sends to the model: prompt and sampling parameters.</summary>
/// <param name="source">The run's <c>data_source</c>; without members when there is no run.</param>
/// <param name="findings">Where notes and problems go.</param>
internal sealed class PromptImport(SavedObject source, ImportFindings findings)
{
    private static readonly string[] InputNames = ["input", "prompt", "question", "text", "query", "messages"];

    private static readonly (string Name, string Field)[] SamplingFields =
    [
        ("temperature", "temperature"),
        ("top_p", "topP"),
        ("seed", "seed"),
        ("max_completion_tokens", "maxOutputTokens"),
        ("max_completions_tokens", "maxOutputTokens"),
        ("max_output_tokens", "maxOutputTokens"),
        ("max_tokens", "maxOutputTokens"),
    ];

    /// <summary>Reads the prompt.</summary>
    /// <param name="schema">The item's fields.</param>
    /// <param name="reference">The field that answers are compared with; null for none.</param>
    /// <returns>The spec's <c>prompt</c>, or the column that is sent as it is; neither where there is a problem.</returns>
    public (JsonObject? Prompt, string? InputColumn) Read(ItemSchema schema, string? reference)
    {
        var messages = source.Object("input_messages");
        if (messages.Text("item_reference") is { } path)
        {
            return (null, path.StartsWith("item.", StringComparison.Ordinal) ? path["item.".Length..] : path);
        }

        return messages.Find("template") is null ? (null, FindInput(schema, reference)) : (ReadTemplate(messages), null);
    }

    /// <summary>Reads the sampling parameters that a spec has; the others are named in notes.</summary>
    public JsonObject ReadSampling()
    {
        var given = source.Object("sampling_params");
        var sampling = new JsonObject();
        foreach (var (name, field) in SamplingFields)
        {
            if (given.Find(name) is null)
            {
                continue;
            }

            if (given.Number(name) is { } number)
            {
                sampling[field] = field == "temperature" || field == "topP" ? number : JsonNode.Parse(given.Find(name)!.Value.GetRawText());
            }
            else
            {
                findings.Refuse($"sampling_params.{name}: is not a number");
            }
        }

        foreach (var name in given.Names.Where(name => !SamplingFields.Any(known => known.Name == name)))
        {
            findings.Note(
                $"sampling_params.{name} is not imported: a spec has no field for "
                    + $"it{(name == "reasoning_effort" ? "; give the model's configuration what its endpoint needs" : "")}."
            );
        }

        if (source.Find("input_messages") is not null)
        {
            NoteDefaults(sampling);
        }

        return sampling;
    }

    /// <summary>Where the run left a parameter to OpenAI, the spec's default holds, which is another one.</summary>
    private void NoteDefaults(JsonObject sampling)
    {
        if (!sampling.ContainsKey("temperature"))
        {
            findings.Note(
                "sampling_params.temperature is not set: the spec's default 0 is sent, where OpenAI's was 1. "
                    + "Set sampling.temperature to keep that."
            );
        }

        if (!sampling.ContainsKey("maxOutputTokens"))
        {
            findings.Note(
                "sampling_params.max_completion_tokens is not set: the spec's default 256 holds, where OpenAI's was the model's limit. "
                    + "Set sampling.maxOutputTokens if answers are longer."
            );
        }
    }

    private JsonObject? ReadTemplate(SavedObject messages)
    {
        const string Place = "input_messages.template";
        if (EvalTemplates.ReadTurns(messages.List("template"), Place, findings) is not { } turns)
        {
            return null;
        }

        var system = turns.Where(turn => turn.Role is "system" or "developer").Select(turn => turn.Content).ToList();
        var user = turns.Where(turn => turn.Role == "user").Select(turn => turn.Content).ToList();
        if (user.Count != 1 || turns.Count > user.Count + system.Count)
        {
            findings.Refuse($"{Place}: only system turns and one user turn are supported");
            return null;
        }

        var prompt = new JsonObject();
        if (system.Count > 0)
        {
            prompt["system"] = EvalTemplates.ToLiquid(string.Join("\n\n", system), Place, isRubric: false, findings);
        }

        prompt["user"] = EvalTemplates.ToLiquid(user[0], Place, isRubric: false, findings);
        return prompt;
    }

    /// <summary>Without a template: the field with a usual name, or the only text beside the reference.</summary>
    private string? FindInput(ItemSchema schema, string? reference)
    {
        var others = schema.Names.Where(name => name != reference && schema.MayBeText(name)).ToList();
        var input =
            InputNames.FirstOrDefault(name => name != reference && schema.Names.Contains(name, StringComparer.Ordinal))
            ?? (others.Count == 1 ? others[0] : null);
        if (input is null)
        {
            findings.Refuse(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"prompt: an eval does not say what the model is asked; give a run of it (--run), "
                        + $"which does{(others.Count > 1 ? $" (the item has {string.Join(", ", others)})" : "")}"
                )
            );
        }
        else
        {
            findings.Note(
                $"The prompt is item.{input} as it is: the eval does not say what the model is asked. "
                    + "Give a run of it (--run) if that is not so."
            );
        }

        return input;
    }
}
