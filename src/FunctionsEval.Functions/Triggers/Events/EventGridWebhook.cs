using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// <c>POST</c> and <c>OPTIONS /api/webhooks/eventgrid</c>: events in the Event Grid and the CloudEvents schema, with the handshake of each.
/// There is no event of a finished fine-tuning job at Azure; a deployment that was written, or a training run that completed, is a hint to
/// look through the list of jobs now. A blob that was created in the <c>datasets</c> container starts what an upload of it starts. Nothing
/// but the blob's name is taken from an event.
/// </summary>
internal sealed class EventGridWebhook(
    FineTuningJobs jobs,
    Uploads uploads,
    TaskHub hub,
    IOptions<FineTuningOptions> options,
    ILogger<EventGridWebhook> logger
)
{
    private const string BlobCreated = "Microsoft.Storage.BlobCreated";
    private const string ResourceWritten = "Microsoft.Resources.ResourceWriteSuccess";
    private const string RunCompleted = "Microsoft.MachineLearningServices.RunCompleted";
    private const string OriginHeader = "WebHook-Request-Origin";

    private readonly string _datasetSubject = $"/blobServices/default/containers/{hub.ContainerOf(StorageNames.Datasets)}/blobs/";

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
            return Problems.BadRequest(
                "invalid_body",
                "The body contains something other than events of the Event Grid or CloudEvents 1.0 schema."
            );
        }

        if (received.Select(one => one.ValidationCode).FirstOrDefault(code => code is not null) is { } code)
        {
            return Results.Ok(new { ValidationResponse = code });
        }

        foreach (var ignored in received.Where(one => !IsHint(one) && DatasetOf(one) is null))
        {
            logger.EventIgnored(EventBody.NameOf(ignored.Type));
        }

        await StartAllAsync(received.Select(DatasetOf).OfType<string>(), durable, cancellationToken);
        if (!received.Any(IsHint))
        {
            return Results.Accepted();
        }

        if (!options.Value.IsConfigured)
        {
            return Problems.Unavailable(
                "fine_tuning_not_configured",
                "FineTuning__Endpoint is not set, so the app cannot list fine-tuning jobs."
            );
        }

        // A failed look-up makes the sender deliver the event again, because the next event may be days away.
        return await jobs.PollAsync(durable, cancellationToken)
            ? Results.Accepted()
            : Problems.Unavailable(
                "fine_tuning_unavailable",
                "The list of fine-tuning jobs could not be read; the app's log says why (event 1008)."
            );
    }

    /// <summary>Starts each upload of a batch. Where one fails the batch is delivered again, but the others do not wait for it.</summary>
    private async Task StartAllAsync(IEnumerable<string> blobs, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var faults = new List<Exception>();
        foreach (var blob in blobs)
        {
            try
            {
                await uploads.StartAsync(blob, durable, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                faults.Add(fault);
            }
        }

        if (faults.Count > 0)
        {
            throw new AggregateException("Some of the batch's uploads could not be started.", faults);
        }
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

    /// <summary>Whether a fine-tuning job may have ended, or its model been deployed.</summary>
    private static bool IsHint(ReceivedEvent one) =>
        one.Type.Equals(RunCompleted, StringComparison.OrdinalIgnoreCase)
        || (
            one.Type.Equals(ResourceWritten, StringComparison.OrdinalIgnoreCase)
            && one.Subject?.Contains("/deployments/", StringComparison.OrdinalIgnoreCase) == true
        );

    /// <summary>The blob that was created in the <c>datasets</c> container; null for none.</summary>
    private string? DatasetOf(ReceivedEvent one) =>
        one.Type == BlobCreated
        && one.Subject?.StartsWith(_datasetSubject, StringComparison.Ordinal) == true
        && one.Subject.Length > _datasetSubject.Length
            ? one.Subject[_datasetSubject.Length..]
            : null;
}
