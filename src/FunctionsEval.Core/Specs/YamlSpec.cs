using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// Turns a spec in YAML into the same in JSON, by YAML 1.2's core schema: what is quoted is a text, and so is a bare <c>yes</c>, <c>no</c>,
/// <c>on</c> or date. Anchors, aliases, tags and a second document are refused.
/// </summary>
internal static partial class YamlSpec
{
    private const int MaxDepth = 64;

    public static bool IsYaml(string fileName) =>
        fileName.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || fileName.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="SpecException">The text is not YAML of this kind.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> utf8, string file)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes);
        var parser = new Parser(new StringReader(Encoding.UTF8.GetString(utf8)));
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                throw new SpecException(file, "$", "is empty.");
            }

            Write(parser, writer, file, depth: 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
            {
                throw Error(file, parser.Current!.Start, "begins a second document; a spec is one");
            }
        }
        catch (YamlException invalid)
        {
            throw Error(file, invalid.Start, "is not valid YAML");
        }
        catch (Exception invalid) when (invalid is ArgumentException or InvalidOperationException)
        {
            // What the scanner throws at some texts instead, and the writer at half a surrogate pair.
            throw Error(file, parser.Current?.End ?? Mark.Empty, "is not valid YAML after this place");
        }

        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Parser parser, Utf8JsonWriter writer, string file, int depth)
    {
        const string NotNeeded = "has an anchor, an alias or a tag, which specs do not need; write the value out";
        if (parser.Accept<AnchorAlias>(out var alias))
        {
            throw Error(file, alias.Start, NotNeeded);
        }

        var node = parser.Consume<NodeEvent>();
        if (!node.Anchor.IsEmpty || !node.Tag.IsEmpty)
        {
            throw Error(file, node.Start, NotNeeded);
        }

        if (depth > MaxDepth)
        {
            throw Error(file, node.Start, "is nested too deeply");
        }

        switch (node)
        {
            case MappingStart:
                writer.WriteStartObject();
                while (!parser.TryConsume<MappingEnd>(out _))
                {
                    var key = parser.Consume<Scalar>();
                    writer.WritePropertyName(key.Value);
                    Write(parser, writer, file, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case SequenceStart:
                writer.WriteStartArray();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    Write(parser, writer, file, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case Scalar scalar:
                WriteScalar(scalar, writer);
                break;
        }
    }

    private static void WriteScalar(Scalar scalar, Utf8JsonWriter writer)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            writer.WriteStringValue(text);
        }
        else if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            writer.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (
            IntegerPattern().IsMatch(text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
        )
        {
            writer.WriteNumberValue(integer);
        }
        else if (
            FloatPattern().IsMatch(text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static SpecException Error(string file, Mark mark, string problem) =>
        new(file, "$", string.Create(CultureInfo.InvariantCulture, $"{problem} (line {mark.Line}, column {mark.Column})."));

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatPattern();
}
