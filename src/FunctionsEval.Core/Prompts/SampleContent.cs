using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// What a sample asks and what is expected, as a hash by which the samples of two dataset versions are told apart: the turns with their
/// calls and images or the input, the tools, the references, the choices, and every field that a prompt template names. Not the id, the
/// place, or a field that no model sees.
/// </summary>
public sealed partial class SampleContent
{
    private readonly string[] _names;
    private readonly bool _namesWholeRow;

    /// <param name="prompt">The templates that samples are rendered with.</param>
    public SampleContent(PromptSpec prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var tags = TagsOf($"{prompt.System} {prompt.User}");
        _namesWholeRow = WholeRow().IsMatch(tags);
        _names = [.. NamesIn(tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a template names one of some variables.</summary>
    /// <param name="template">The template.</param>
    /// <param name="variables">The variables' names.</param>
    internal static bool NamesAny(string template, IReadOnlyList<string> variables) =>
        NamesIn(TagsOf(template)).Intersect(variables, StringComparer.Ordinal).Any();

    /// <summary>The hash of a sample: 16 hexadecimal digits of XXH64.</summary>
    /// <param name="sample">The sample.</param>
    public string HashOf(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var hash = new XxHash64();
        Append(hash, sample.Messages.Count > 0 ? sample.Messages.SelectMany(TextsOf) : [sample.Input]);
        Append(hash, sample.References);
        Append(hash, sample.Choices);
        Append(hash, sample.GoldChoices.Select(index => index.ToString(CultureInfo.InvariantCulture)));
        Append(hash, NamedFields(sample));
        if (sample.Tools is { } tools)
        {
            Append(hash, [tools.Tools?.GetRawText() ?? "", tools.Functions?.GetRawText() ?? "", $"{tools.ParallelToolCalls}"]);
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>What a model sees of a turn. One of text alone gives the texts that it gave before there were calls and images.</summary>
    private static IEnumerable<string> TextsOf(ChatMessage turn)
    {
        IEnumerable<string> texts = [turn.Role, turn.Content];
        texts = turn.Name is null ? texts : texts.Append(turn.Name);
        texts = turn.ToolCallId is null ? texts : texts.Concat(["tool_call_id", turn.ToolCallId]);
        return texts
            .Concat(turn.ToolCalls.SelectMany(call => new[] { "tool_call", call.Id ?? "", call.Name, call.Arguments }))
            .Concat(turn.Parts.SelectMany(PartTexts));
    }

    private static string[] PartTexts(ContentPart part) =>
        part switch
        {
            ImagePart image => ["image", image.Url, image.Detail ?? ""],
            TextPart text => ["text", text.Text],
            _ => [],
        };

    /// <summary>Whether a template names a field of the row, in any letter case, or the row as a whole.</summary>
    /// <param name="field">The field.</param>
    internal bool Names(string field) => _namesWholeRow || _names.Contains(field, StringComparer.OrdinalIgnoreCase);

    private static string TagsOf(string template) => string.Join(' ', Tag().Matches(template).Select(tag => tag.Value));

    private static IEnumerable<string> NamesIn(string tags) => Identifier().Matches(tags).Select(match => match.Value);

    private IEnumerable<string> NamedFields(Sample sample)
    {
        if (sample.Fields.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (_namesWholeRow)
        {
            yield return sample.Fields.GetRawText();
        }

        var fields = new RowFields(sample.Fields, emptyIsMissing: false);
        foreach (var name in _names)
        {
            if (name == "tags")
            {
                foreach (var (tag, value) in sample.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
                {
                    yield return tag;
                    yield return value;
                }
            }
            else if (fields.TryFind(name, out var value))
            {
                yield return name;
                yield return JsonText.TryRead(value, out var text) ? text : value.GetRawText();
            }
        }
    }

    /// <summary>Appends texts so that no two lists give the same bytes.</summary>
    private static void Append(XxHash64 hash, IEnumerable<string> texts)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.Append(length);
            hash.Append(bytes);
        }

        BinaryPrimitives.WriteInt32LittleEndian(length, -1);
        hash.Append(length);
    }

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{Nd}_-]*")]
    private static partial Regex Identifier();

    /// <summary>The row as a whole: printed, walked through, or looked into by a name that is computed.</summary>
    [GeneratedRegex(@"\brow\b(?!\s*(\.|\[\s*['""]))")]
    private static partial Regex WholeRow();
}
