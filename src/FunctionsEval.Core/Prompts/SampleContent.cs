using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Prompts;

/// <summary>
/// What a sample asks and what is expected, as a hash by which the samples of two dataset versions are told apart: the turns or the input,
/// the references, the choices, and every field that a prompt template names. Not the id, the place, or a field that no model sees.
/// </summary>
public sealed partial class SampleContent
{
    private readonly string[] _names;
    private readonly bool _namesWholeRow;

    /// <param name="prompt">The templates that samples are rendered with.</param>
    public SampleContent(PromptSpec prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var tags = string.Join(' ', Tag().Matches($"{prompt.System} {prompt.User}").Select(tag => tag.Value));
        _namesWholeRow = WholeRow().IsMatch(tags);
        _names =
        [
            .. Identifier().Matches(tags).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The hash of a sample: 16 hexadecimal digits of XXH64.</summary>
    /// <param name="sample">The sample.</param>
    public string HashOf(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var hash = new XxHash64();
        if (sample.Messages.Count > 0)
        {
            Append(
                hash,
                sample.Messages.SelectMany(turn =>
                    turn.Name is null ? [turn.Role, turn.Content] : new[] { turn.Role, turn.Content, turn.Name }
                )
            );
        }
        else
        {
            Append(hash, [sample.Input]);
        }

        Append(hash, sample.References);
        Append(hash, sample.Choices);
        Append(hash, sample.GoldChoices.Select(index => index.ToString(CultureInfo.InvariantCulture)));
        Append(hash, NamedFields(sample));
        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a template names a field of the row, in any letter case, or the row as a whole.</summary>
    /// <param name="field">The field.</param>
    internal bool Names(string field) => _namesWholeRow || _names.Contains(field, StringComparer.OrdinalIgnoreCase);

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
