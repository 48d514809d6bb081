using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// JSON in its one form: names in ordinal order, numbers by their value, no white space. Two values have the same text exactly where they
/// are the same value.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>How deep lists and objects may stand in each other.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions ReadOptions = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions WriteOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth + 1,
    };

    /// <summary>
    /// Reads a text that is one JSON value and nothing else: no member twice, no text that escapes half a character, at most
    /// <see cref="MaxDepth"/> deep.
    /// </summary>
    /// <param name="text">The text; white space around the value is none of its own.</param>
    /// <param name="canonical">The value in its one form.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? canonical)
    {
        canonical = null;
        try
        {
            using var document = JsonDocument.Parse(text, ReadOptions);
            canonical = Write(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The last two are half a surrogate pair in the text, or in a text or name that escapes it.
            return false;
        }
    }

    /// <summary>The value of a text that <see cref="TryRead"/> or <see cref="Write(JsonElement)"/> gave.</summary>
    /// <param name="canonical">The text.</param>
    /// <param name="outerDepth">How many lists and objects were put around such a text. Default 0.</param>
    public static JsonElement Parse(string canonical, int outerDepth = 0)
    {
        using var document = JsonDocument.Parse(canonical, ReadOptions with { MaxDepth = MaxDepth + outerDepth });
        return document.RootElement.Clone();
    }

    /// <summary>The value of a text; undefined for a text that <see cref="TryRead"/> does not take.</summary>
    public static JsonElement ParseOrNone(string text) => TryRead(text, out var canonical) ? Parse(canonical) : default;

    /// <summary>Writes a value in its one form.</summary>
    /// <param name="value">A value without a member twice, at most <see cref="MaxDepth"/> deep.</param>
    /// <exception cref="InvalidOperationException">A text escapes half a surrogate pair, or the value is too deep.</exception>
    public static string Write(JsonElement value) => Write(value, keepsNulls: true);

    /// <summary>Writes a value in its one form, without the members of objects that are null.</summary>
    /// <inheritdoc cref="Write(JsonElement)"/>
    public static string WriteWithoutNulls(JsonElement value) => Write(value, keepsNulls: false);

    private static string Write(JsonElement value, bool keepsNulls)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, WriteOptions))
        {
            Write(writer, value, keepsNulls);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, bool keepsNulls)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (
                    var member in value
                        .EnumerateObject()
                        .Where(member => keepsNulls || member.Value.ValueKind != JsonValueKind.Null)
                        .OrderBy(member => member.Name, StringComparer.Ordinal)
                )
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, keepsNulls);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                {
                    Write(writer, element, keepsNulls);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(JsonNumberText.Canonicalize(value.GetRawText()));
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
