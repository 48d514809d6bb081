using System.Text.Json;
using Fluid;
using Fluid.Values;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// Makes the turns that are sent to a model from a sample and a spec's Liquid templates. Nothing is HTML-encoded.
/// Safe for concurrent use; one rendering is bounded in steps and characters.
/// </summary>
/// <remarks>
/// Variables, the later ones winning: the row's fields; for a row in the shape of OpenAI Evals also the fields in its
/// <c>item</c>; <c>input</c>; <c>messages</c> (role and content of each turn before the reference, and its calls
/// of tools); <c>tags</c>; and
/// <c>row</c>, all fields once more. A variable that the row does not define is an error, except below <c>row</c> and
/// <c>tags</c>, where it is empty.
/// </remarks>
public sealed class PromptRenderer
{
    private readonly PromptTemplate? _system;
    private readonly PromptTemplate? _user;

    private readonly IReadOnlyList<ChatMessage> _examples;

    /// <summary>Parses the templates.</summary>
    /// <param name="spec">The templates; absent ones keep the row's own turns.</param>
    /// <param name="examples">Turns that come before the sample's, after its system turn; see <see cref="RenderExample"/>.</param>
    /// <exception cref="ArgumentException">A template does not parse (no spec that was read has such a one).</exception>
    public PromptRenderer(PromptSpec spec, IReadOnlyList<ChatMessage>? examples = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _examples = examples ?? [];
        _system = Parse(spec.System, nameof(PromptSpec.System));
        _user = Parse(spec.User, nameof(PromptSpec.User));
    }

    /// <summary>
    /// Makes the turns for one sample: the row's own, or its input as one user turn; a system template replaces the system turn or is put
    /// first, a user template replaces the last user turn or is put last.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <returns>The turns, without the reference.</returns>
    /// <exception cref="PromptException">A variable is undefined, or a bound is exceeded.</exception>
    public IReadOnlyList<ChatMessage> Render(Sample sample)
    {
        var turns = RenderTurns(sample);
        turns.InsertRange(turns.TakeWhile(IsSystem).Count(), _examples);
        return turns;
    }

    /// <summary>The turns of an example: the sample's, without its system turn, and its reference as the assistant's answer.</summary>
    /// <param name="sample">The example.</param>
    /// <exception cref="PromptException">A variable is undefined, or a bound is exceeded.</exception>
    public IReadOnlyList<ChatMessage> RenderExample(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return [.. RenderTurns(sample).Where(turn => !IsSystem(turn)), new ChatMessage("assistant", sample.References[0])];
    }

    private static bool IsSystem(ChatMessage turn) => turn.Role is "system" or "developer";

    private List<ChatMessage> RenderTurns(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        List<ChatMessage> turns =
            sample.Messages.Count > 0 ? [.. sample.Messages]
            : sample.Input.Length > 0 ? [new ChatMessage("user", sample.Input)]
            : [];
        if (_system is null && _user is null)
        {
            return turns;
        }

        if (_user is not null)
        {
            var message = new ChatMessage("user", _user.Render(CreateContext(sample)));
            var last = turns.FindLastIndex(turn => turn.Role == "user");
            if (last < 0)
            {
                turns.Add(message);
            }
            else
            {
                turns[last] = WithImages(message with { Name = turns[last].Name }, turns[last]);
            }
        }

        if (_system is not null)
        {
            var content = _system.Render(CreateContext(sample));
            var first = turns.FindIndex(IsSystem);
            if (first < 0)
            {
                turns.Insert(0, new ChatMessage("system", content));
            }
            else
            {
                turns[first] = turns[first] with { Content = content, Parts = [] };
            }
        }

        return turns;
    }

    /// <summary>A turn of text with the images of the turn that it replaces, which follow the text.</summary>
    private static ChatMessage WithImages(ChatMessage turn, ChatMessage replaced) =>
        replaced.Parts.Count == 0 ? turn : turn with { Parts = [new TextPart(turn.Content), .. replaced.Parts.OfType<ImagePart>()] };

    /// <summary>A sample's variables.</summary>
    internal static PromptContext CreateContext(Sample sample)
    {
        var context = new PromptContext();
        if (sample.Fields.ValueKind == JsonValueKind.Object)
        {
            SetFields(context, sample.Fields);
            if (RowFields.TryGetItem(sample.Fields, out var item))
            {
                SetFields(context, item);
            }

            context.SetValue("row", RowValue.From(sample.Fields, "row", isStrict: false));
        }

        context.SetValue("input", new StringValue(sample.Input));
        context.SetValue("messages", new ArrayValue([.. sample.Messages.Select(ToValue)]));
        context.SetValue("tags", ToValue(sample.Tags));
        return context;
    }

    private static void SetFields(TemplateContext context, JsonElement fields)
    {
        foreach (var field in fields.EnumerateObject())
        {
            context.SetValue(field.Name, RowValue.From(field.Value, field.Name, isStrict: true));
        }
    }

    private static DictionaryValue ToValue(ChatMessage turn)
    {
        var fields = new Dictionary<string, FluidValue>(StringComparer.Ordinal)
        {
            ["role"] = new StringValue(turn.Role),
            ["content"] = new StringValue(turn.Content),
        };
        if (turn.Name is not null)
        {
            fields["name"] = new StringValue(turn.Name);
        }

        if (turn.ToolCallId is not null)
        {
            fields["tool_call_id"] = new StringValue(turn.ToolCallId);
        }

        if (turn.ToolCalls.Count > 0)
        {
            fields["tool_calls"] = new ArrayValue([.. turn.ToolCalls.Select(ToValue)]);
        }

        return ToValue(fields);
    }

    private static DictionaryValue ToValue(ToolCall call)
    {
        var fields = new Dictionary<string, FluidValue>(StringComparer.Ordinal)
        {
            ["name"] = new StringValue(call.Name),
            ["arguments"] = new StringValue(call.Arguments),
        };
        if (call.Id is not null)
        {
            fields["id"] = new StringValue(call.Id);
        }

        return ToValue(fields);
    }

    private static DictionaryValue ToValue(IReadOnlyDictionary<string, string> texts) =>
        ToValue(texts.ToDictionary(pair => pair.Key, FluidValue (pair) => new StringValue(pair.Value), StringComparer.Ordinal));

    private static DictionaryValue ToValue(Dictionary<string, FluidValue> fields) => new(new FluidValueDictionaryFluidIndexable(fields));

    private static PromptTemplate? Parse(string? text, string part) =>
        text is null ? null : PromptTemplate.Parse(text, $"{part.ToLowerInvariant()} template");
}
