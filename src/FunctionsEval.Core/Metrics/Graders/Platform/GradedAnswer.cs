using System.Text.Encodings.Web;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>
/// An answer with the row it answers, as graders see them: <c>item</c> is the row, or the object <c>item</c> in it, and <c>sample</c> is
/// the answer. Not safe for use by several threads at once.
/// </summary>
/// <param name="sample">The row.</param>
/// <param name="text">What the model wrote, without its reasoning; empty where it wrote nothing.</param>
/// <param name="toolCalls">The tools that the answer calls; null or empty for none.</param>
public sealed class GradedAnswer(Sample sample, string text, IReadOnlyList<AnsweredCall>? toolCalls = null)
{
    /// <summary>Deep enough for an answer's JSON, which is at most 64 deep, within the object of the answer.</summary>
    private static readonly JsonSerializerOptions WriteOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 2 * CanonicalJson.MaxDepth,
    };

    private readonly RowFields _row = new(sample.Fields, emptyIsMissing: false);
    private JsonElement? _answer;

    /// <summary>The row.</summary>
    public Sample Sample => sample;

    /// <summary>What the model wrote.</summary>
    public string Text => text;

    /// <summary>
    /// The answer as the platforms give it to graders: <c>output_text</c>; <c>output_json</c>, where the text is JSON;
    /// <c>output_tools</c>, where tools are called; and <c>choices</c>, as a chat completion has them.
    /// </summary>
    public JsonElement Answer => _answer ??= CreateAnswer();

    /// <summary>The row's fields: the object <c>item</c>, else the row.</summary>
    public JsonElement Item => RowFields.TryGetItem(sample.Fields, out var item) ? item : sample.Fields;

    /// <summary>A variable's value; null where there is none, or it is null.</summary>
    internal JsonElement? Find(GraderVariable variable)
    {
        if (variable.IsOfItem)
        {
            return variable.Path is [{ Name: { } first }, .. var rest] && _row.TryFind(first, out var field) ? Walk(field, rest) : null;
        }

        return Walk(Answer, variable.Path);
    }

    /// <summary>A value as a template writes it: a text as it is, everything else as JSON without white space.</summary>
    internal static string TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            // A row and an answer are to write the same value alike.
            JsonValueKind.Object or JsonValueKind.Array => JsonSerializer.Serialize(value, WriteOptions),
            _ => value.GetRawText(),
        };

    private static JsonElement? Walk(JsonElement at, ReadOnlySpan<PathStep> path)
    {
        foreach (var step in path)
        {
            if (step.Name is { } name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }
            else if (at.ValueKind == JsonValueKind.Array && step.Index < at.GetArrayLength())
            {
                at = at[step.Index];
            }
            else
            {
                return null;
            }
        }

        return at.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : at;
    }

    private JsonElement CreateAnswer()
    {
        var calls = (toolCalls ?? [])
            .Select(
                (call, index) =>
                    new Dictionary<string, object>
                    {
                        ["id"] = FormattableString.Invariant($"call_{index}"),
                        ["type"] = "function",
                        ["function"] = new Dictionary<string, string> { ["name"] = call.Name, ["arguments"] = call.Arguments },
                    }
            )
            .ToList();
        var message = new Dictionary<string, object> { ["role"] = "assistant", ["content"] = text };
        var answer = new Dictionary<string, object> { ["output_text"] = text };
        if (calls.Count > 0)
        {
            answer["output_tools"] = calls;
            message["tool_calls"] = calls;
        }

        if (JsonText.Parse(text) is { } json)
        {
            answer["output_json"] = json;
        }

        answer["choices"] = new[]
        {
            new Dictionary<string, object> { ["index"] = 0, ["message"] = message },
        };
        return JsonSerializer.SerializeToElement(answer, WriteOptions);
    }
}
