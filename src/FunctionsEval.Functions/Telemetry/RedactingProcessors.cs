using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace FunctionsEval.Functions.Telemetry;

/// <summary>Takes keys out of the addresses in a span before any exporter sees it.</summary>
internal sealed class RedactingSpanProcessor(params IReadOnlyList<string> secretPaths) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity span)
    {
        foreach (var (name, value) in span.TagObjects.ToList())
        {
            var redacted = AddressRedaction.Redact(name, value, secretPaths);
            if (!ReferenceEquals(redacted, value))
            {
                span.SetTag(name, redacted);
            }
        }

        span.DisplayName = AddressRedaction.Redact(span.DisplayName, secretPaths);
        if (span.StatusDescription is { } description)
        {
            span.SetStatus(span.Status, AddressRedaction.Redact(description, secretPaths));
        }
        // A span permits adding events but not changing them, except in its own list. An exception's message is a tag of an event.
        foreach (ref readonly var recorded in span.EnumerateEvents())
        {
            Unsafe.AsRef(in recorded) = Redact(recorded);
        }
    }

    private ActivityEvent Redact(ActivityEvent recorded) =>
        new(
            AddressRedaction.Redact(recorded.Name, secretPaths),
            recorded.Timestamp,
            [.. recorded.Tags.Select(tag => KeyValuePair.Create(tag.Key, AddressRedaction.Redact(tag.Key, tag.Value, secretPaths)))]
        );
}

/// <summary>Takes keys out of the addresses in a log record before any exporter sees it.</summary>
internal sealed class RedactingLogProcessor(params IReadOnlyList<string> secretPaths) : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord record)
    {
        var attributes =
            record
                .Attributes?.Select(attribute =>
                    KeyValuePair.Create(attribute.Key, AddressRedaction.Redact(attribute.Key, attribute.Value, secretPaths))
                )
                .ToList()
            ?? [];
        if (record.FormattedMessage is { } message)
        {
            record.FormattedMessage = AddressRedaction.Redact(message, secretPaths);
        }

        if (record.Body is { } body)
        {
            record.Body = AddressRedaction.Redact(body, secretPaths);
        }

        if (record.Exception is { } exception)
        {
            var text = exception.ToString();
            var redacted = AddressRedaction.Redact(text, secretPaths);
            if (redacted != text)
            {
                // An exception cannot be changed: it is told by the attributes that exporters would have made of it.
                record.Exception = null;
                attributes.Add(new("exception.type", exception.GetType().FullName));
                attributes.Add(new("exception.message", AddressRedaction.Redact(exception.Message, secretPaths)));
                attributes.Add(new("exception.stacktrace", redacted));
            }
        }

        record.Attributes = attributes;
    }
}
