using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// <c>POST</c> and <c>OPTIONS /api/webhooks/eventgrid</c>: events in the Event Grid and the CloudEvents schema, with the handshake of each.
/// </summary>
internal sealed class EventGridWebhook(EventGridEvents events)
{
    private const string OriginHeader = "WebHook-Request-Origin";

    [Function(nameof(EventGridWebhook))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", "options", Route = "api/webhooks/eventgrid")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (HttpMethods.IsOptions(request.Method))
        {
            return AllowOrigin(request);
        }

        if (await EventBody.ReadAsync(request, cancellationToken) is not { } body)
        {
            return Problems.TooLarge($"A batch of events has at most {EventBody.MaxBytes} bytes.");
        }

        if (ReceivedEvent.Read(body, request.ContentType, request.Headers) is not { } received)
        {
            return Problems.BadRequest("invalid_body", $"The body {EventGridEvents.Unreadable}");
        }

        if (received.Select(one => one.ValidationCode).FirstOrDefault(code => code is not null) is { } code)
        {
            return Results.Ok(new { ValidationResponse = code });
        }

        return await events.HandleAsync(received, durable, cancellationToken) is { } postponed
            ? Problems.Unavailable(postponed.Code, postponed.Reason)
            : Results.Accepted();
    }

    private static IResult AllowOrigin(HttpRequest request)
    {
        string? origin = request.Headers[OriginHeader];
        // The answer repeats the header, and nothing else belongs in a header.
        if (string.IsNullOrEmpty(origin) || !origin.All(char.IsAscii))
        {
            return Problems.BadRequest("invalid_handshake", $"The header {OriginHeader} is missing or is not a host name.");
        }

        request.HttpContext.Response.Headers["WebHook-Allowed-Origin"] = origin;
        request.HttpContext.Response.Headers["WebHook-Allowed-Rate"] = "*";
        return Results.Ok();
    }
}
