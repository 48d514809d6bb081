using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>Reads the body of an event as it was sent, up to a bound.</summary>
internal static class EventBody
{
    /// <summary>Most bytes of an event, or a batch of them: Event Grid's own bound.</summary>
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

        var buffer = new byte[81920];
        using var body = new MemoryStream();
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
