using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>An event of the Event Grid or the CloudEvents 1.0 schema, as far as the app uses it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Subject">What it is about; null where it does not say.</param>
/// <param name="ValidationCode">The code of Event Grid's handshake; null for another event.</param>
internal sealed record ReceivedEvent(string Type, string? Subject, string? ValidationCode = null)
{
    private const string ValidationType = "Microsoft.EventGrid.SubscriptionValidationEvent";
    private const string BinaryType = "ce-type";
    private const string BinarySubject = "ce-subject";

    /// <summary>
    /// The events of a request: an object or an array of them, or, in the binary mode of CloudEvents, the headers, whose body is the
    /// event's data.
    /// </summary>
    /// <returns>Null where one of them is no event.</returns>
    public static IReadOnlyList<ReceivedEvent>? Read(ReadOnlyMemory<byte> body, string? contentType, IHeaderDictionary headers)
    {
        var isCloudEvent = contentType?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true;
        if (!isCloudEvent && headers.TryGetValue(BinaryType, out var type))
        {
            return [new ReceivedEvent(type.ToString(), headers[BinarySubject])];
        }

        return Read(body, _ => isCloudEvent);
    }

    /// <summary>The events of a message: as of a request's body, of either schema, since a message has no content type.</summary>
    /// <returns>Null where one of them is no event.</returns>
    public static IReadOnlyList<ReceivedEvent>? Read(ReadOnlyMemory<byte> message) =>
        Read(message, one => one.ValueKind == JsonValueKind.Object && one.TryGetProperty("specversion", out _));

    private static IReadOnlyList<ReceivedEvent>? Read(ReadOnlyMemory<byte> json, Func<JsonElement, bool> isCloudEvent)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            List<ReceivedEvent?> events =
                root.ValueKind == JsonValueKind.Array
                    ? [.. root.EnumerateArray().Select(one => Read(one, isCloudEvent(one)))]
                    : [Read(root, isCloudEvent(root))];
            return events.Contains(null) ? null : [.. events.OfType<ReceivedEvent>()];
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return null; // A text that is no Unicode.
        }
    }

    private static ReceivedEvent? Read(JsonElement one, bool isCloudEvent)
    {
        if (one.ValueKind != JsonValueKind.Object || TextOf(one, isCloudEvent ? "type" : "eventType") is not { } type)
        {
            return null;
        }

        var hasSubject = one.TryGetProperty("subject", out var subject) && subject.ValueKind != JsonValueKind.Null;
        if (hasSubject && subject.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var isHandshake =
            !isCloudEvent
            && type.Equals(ValidationType, StringComparison.OrdinalIgnoreCase)
            && one.TryGetProperty("data", out var data)
            && data.ValueKind == JsonValueKind.Object;
        return new ReceivedEvent(
            type,
            hasSubject ? subject.GetString() : null,
            isHandshake ? TextOf(one.GetProperty("data"), "validationCode") : null
        );
    }

    private static string? TextOf(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
