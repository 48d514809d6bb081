using FunctionsEval.Core.Datasets;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>Reads the body of an event as it was sent, up to a limit.</summary>
internal static class EventBody
{
    /// <summary>Maximum number of bytes of an event or a batch of events: Event Grid's own limit.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>An event's type, as a log may have it.</summary>
    public static string NameOf(string? type) => type is { Length: > 0 and <= 100 } && !type.Any(char.IsControl) ? type : "unknown";

    /// <summary>The body; null when it is larger.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
        {
            return null;
        }

        try
        {
            await using var bounded = new BoundedStream(request.Body, MaxBytes);
            using var body = new MemoryStream();
            await bounded.CopyToAsync(body, cancellationToken);
            return body.ToArray();
        }
        catch (TooManyBytesException)
        {
            return null;
        }
    }
}
