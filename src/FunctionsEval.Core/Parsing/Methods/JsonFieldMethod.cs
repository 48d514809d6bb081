using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>A field of the JSON object that the answer consists of.</summary>
/// <param name="field">Names joined with dots.</param>
/// <param name="labels">The labels.</param>
/// <param name="takesLists">Whether a list in the field is an answer: its JSON is then the text.</param>
internal sealed class JsonFieldMethod(string field, AnswerLabels labels, bool takesLists) : AnswerMethod
{
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly string[] _path = field.Split('.');
    private readonly Regex _lead = AnswerPattern.Compile($"\"{Regex.Escape(field[(field.LastIndexOf('.') + 1)..])}\"\\s*:\\s*\"?");

    public override LabelSpellings Spellings { get; } = new(WithJsonEscapes(labels.Spellings), labels.Comparison, "");

    public override ParseResult Read(string text) =>
        ReadField(text.Trim()) switch
        {
            Field.Found found => labels.Close(found.Value),
            Field.Missing missing => new Unparsable(missing.Reason),
            _ => throw new InvalidOperationException("Unknown result of reading a JSON field."),
        };

    public override string? ReadLeniently(string text) =>
        LenientReading.JsonObjects(text).Select(ReadField).OfType<Field.Found>().FirstOrDefault() is { } found
            ? labels.CloseLeniently(found.Value)
            : null;

    public override int? LabelStart(string text) => AnswerPattern.Find(_lead, text) is { } lead ? lead.Index + lead.Length : null;

    public override string Write(string label) => JsonEncodedText.Encode(label, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;

    private Field ReadField(string text)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, JsonOptions);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two are half a surrogate pair in the text or in a name that escapes it, which is no character.
            return new Field.Missing(UnparsableReasons.NotAJsonObject);
        }

        using (document)
        {
            var value = document.RootElement;
            if (value.ValueKind != JsonValueKind.Object)
            {
                return new Field.Missing(UnparsableReasons.NotAJsonObject);
            }

            foreach (var name in _path)
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                {
                    return new Field.Missing(UnparsableReasons.MissingField);
                }
            }

            try
            {
                return JsonText.TryRead(value, out var found) ? new Field.Found(found)
                    : takesLists && value.ValueKind == JsonValueKind.Array ? new Field.Found(value.GetRawText())
                    : new Field.Missing(UnparsableReasons.FieldType);
            }
            catch (InvalidOperationException)
            {
                // A text that escapes half a surrogate pair.
                return new Field.Missing(UnparsableReasons.NotAJsonObject);
            }
        }
    }

    /// <summary>The spellings and what JSON makes of them.</summary>
    private static Dictionary<string, string> WithJsonEscapes(Dictionary<string, string> spellings)
    {
        var escaped = new Dictionary<string, string>(spellings, spellings.Comparer);
        foreach (var (spelling, label) in spellings)
        {
            escaped.TryAdd(JsonEncodedText.Encode(spelling, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value, label);
            escaped.TryAdd(JsonEncodedText.Encode(spelling).Value, label);
        }

        return escaped;
    }

    /// <summary>What was found of the field in an object.</summary>
    private abstract record Field
    {
        public sealed record Found(string Value) : Field;

        public sealed record Missing(string Reason) : Field;
    }
}
