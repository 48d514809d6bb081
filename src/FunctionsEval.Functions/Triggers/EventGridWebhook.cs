using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Azure.Messaging.EventGrid.SystemEvents;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// <c>POST</c> and <c>OPTIONS /api/webhooks/eventgrid</c>: events in the Event Grid and the CloudEvents schema, with the handshake of each.
/// There is no event of a finished fine-tuning job at Azure; a deployment that was written, or a training run that completed, is a hint to
/// look through the list of jobs now. Nothing else is taken from the event.
/// </summary>
internal sealed class EventGridWebhook(FineTuneStarter starter, IOptions<FineTuningOptions> options, ILogger<EventGridWebhook> logger)
{
    private const string OriginHeader = "WebHook-Request-Origin";

    private static readonly HashSet<string> HintTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        SystemEventNames.ResourceWriteSuccess,
        SystemEventNames.MachineLearningServicesRunCompleted,
    };

    [Function(nameof(EventGridWebhook))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", "options", Route = "webhooks/eventgrid")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        if (HttpMethods.IsOptions(request.Method))
            return AllowOrigin(request);
        if (await EventBody.ReadAsync(request, cancellationToken) is not { } body)
            return Problems.TooLarge($"A batch of events has at most {EventBody.MaxBytes} bytes.");

        List<ReceivedEvent> received;
        try
        {
            received = Read(request, BinaryData.FromBytes(body));
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return Problems.BadRequest("invalid_body", "The body holds no events in the Event Grid or the CloudEvents 1.0 schema.");
        }

        if (received.Select(one => one.ValidationCode).FirstOrDefault(code => code is not null) is { } code)
            return Results.Ok(new { ValidationResponse = code });
        foreach (var ignored in received.Where(one => !one.IsHint))
            logger.EventIgnored(ignored.Type.Length <= 100 ? ignored.Type : "unknown");
        if (!received.Exists(one => one.IsHint))
            return Results.Accepted(value: new { Ignored = true });
        if (!options.Value.IsConfigured)
            return Problems.Unavailable("fine_tuning_not_configured", "FineTuning__Endpoint is not set: there is no list of jobs to look through.");

        await starter.PollAsync(durable, cancellationToken);
        return Results.Accepted();
    }

    private static IResult AllowOrigin(HttpRequest request)
    {
        string? origin = request.Headers[OriginHeader];
        if (string.IsNullOrEmpty(origin))
            return Problems.BadRequest("invalid_handshake", $"The header {OriginHeader} is missing.");
        request.HttpContext.Response.Headers["WebHook-Allowed-Origin"] = origin;
        request.HttpContext.Response.Headers["WebHook-Allowed-Rate"] = "*";
        return Results.Ok();
    }

    private static List<ReceivedEvent> Read(HttpRequest request, BinaryData body)
    {
        if (request.ContentType?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true)
            return [.. CloudEvent.ParseMany(body).Select(one => new ReceivedEvent(one.Type, IsHint(one.Type, one.Subject), ValidationCode: null))];
        // Binary mode: the event's attributes are headers, the body is its data.
        if (request.Headers.TryGetValue("ce-type", out var type))
            return [new ReceivedEvent(type.ToString(), IsHint(type.ToString(), request.Headers["ce-subject"]), ValidationCode: null)];
        return
        [
            .. EventGridEvent.ParseMany(body).Select(one => new ReceivedEvent(
                one.EventType,
                IsHint(one.EventType, one.Subject),
                one.TryGetSystemEventData(out var data) && data is SubscriptionValidationEventData validation ? validation.ValidationCode : null)),
        ];
    }

    private static bool IsHint(string type, string? subject) =>
        HintTypes.Contains(type)
        && (type.Equals(SystemEventNames.MachineLearningServicesRunCompleted, StringComparison.OrdinalIgnoreCase)
            || subject?.Contains("/deployments/", StringComparison.OrdinalIgnoreCase) == true);

    private sealed record ReceivedEvent(string Type, bool IsHint, string? ValidationCode);
}
