using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Azure.Messaging.EventGrid.SystemEvents;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Storage;
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
/// look through the list of jobs now. A blob that was created in the <c>datasets</c> container starts as an upload does. Nothing but the blob's
/// name is taken from an event.
/// </summary>
internal sealed class EventGridWebhook(FineTuneStarter starter, RunStarter runs, TaskHub hub, IOptions<FineTuningOptions> options, ILogger<EventGridWebhook> logger)
{
    private const string BlobCreated = "Microsoft.Storage.BlobCreated";
    private readonly string _datasetSubject = $"/blobServices/default/containers/{hub.ContainerOf(StorageNames.Datasets)}/blobs/";

    private const string OriginHeader = "WebHook-Request-Origin";

    private static readonly HashSet<string> HintTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        SystemEventNames.ResourceWriteSuccess,
        SystemEventNames.MachineLearningServicesRunCompleted,
    };

    [Function(nameof(EventGridWebhook))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", "options", Route = "api/webhooks/eventgrid")] HttpRequest request,
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
        foreach (var ignored in received.Where(one => one is { IsHint: false, Dataset: null }))
            logger.EventIgnored(ignored.Type.Length <= 100 ? ignored.Type : "unknown");
        await StartAllAsync(received.Select(one => one.Dataset).OfType<string>(), durable, cancellationToken);
        if (!received.Exists(one => one.IsHint))
            return Results.Accepted();
        if (!options.Value.IsConfigured)
            return Problems.Unavailable("fine_tuning_not_configured", "FineTuning__Endpoint is not set: there is no list of jobs to look through.");

        // What cannot be looked up now is delivered again: the next event may be days away.
        return await starter.PollAsync(durable, cancellationToken)
            ? Results.Accepted()
            : Problems.Unavailable("fine_tuning_unavailable", "The list of fine-tuning jobs could not be read; the app's log says why (event 1008).");
    }

    /// <summary>Starts each upload of a batch. Where one fails the batch is delivered again, but the others do not wait for it.</summary>
    private async Task StartAllAsync(IEnumerable<string> uploads, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var faults = new List<Exception>();
        foreach (var uploaded in uploads)
        {
            try
            {
                await runs.StartUploadedAsync(uploaded, durable, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                faults.Add(fault);
            }
        }

        if (faults.Count > 0)
            throw new AggregateException("Some of the batch's uploads could not be started.", faults);
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

    private List<ReceivedEvent> Read(HttpRequest request, BinaryData body)
    {
        if (request.ContentType?.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase) == true)
            return [.. CloudEvent.ParseMany(body).Select(one => ReceivedEvent.Of(one.Type, one.Subject, _datasetSubject))];
        // Binary mode: the event's attributes are headers, the body is its data.
        if (request.Headers.TryGetValue("ce-type", out var type))
            return [ReceivedEvent.Of(type.ToString(), request.Headers["ce-subject"], _datasetSubject)];
        return
        [
            .. EventGridEvent.ParseMany(body).Select(one => ReceivedEvent.Of(one.EventType, one.Subject, _datasetSubject) with
            {
                ValidationCode = one.TryGetSystemEventData(out var data) && data is SubscriptionValidationEventData validation ? validation.ValidationCode : null,
            }),
        ];
    }

    /// <summary>What an event is to the app.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="IsHint">Whether a fine-tuning job may have ended, or its model been deployed.</param>
    /// <param name="Dataset">The blob that was created in the <c>datasets</c> container; null for none.</param>
    private sealed record ReceivedEvent(string Type, bool IsHint, string? Dataset)
    {
        /// <summary>The code of a handshake; null for another event.</summary>
        public string? ValidationCode { get; init; }

        public static ReceivedEvent Of(string type, string? subject, string datasetSubject) => new(
            type,
            HintTypes.Contains(type)
                && (type.Equals(SystemEventNames.MachineLearningServicesRunCompleted, StringComparison.OrdinalIgnoreCase)
                    || subject?.Contains("/deployments/", StringComparison.OrdinalIgnoreCase) == true),
            type == BlobCreated && subject?.StartsWith(datasetSubject, StringComparison.Ordinal) == true && subject.Length > datasetSubject.Length
                ? subject[datasetSubject.Length..]
                : null);
    }
}
