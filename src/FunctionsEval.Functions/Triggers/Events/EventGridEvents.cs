using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>Why events cannot be handled now; they are to be delivered again.</summary>
internal sealed record EventsPostponed
{
    /// <summary>The code of the problem details.</summary>
    public required string Code { get; init; }

    /// <summary>Why, and the fix; nothing of the events.</summary>
    public required string Reason { get; init; }
}

/// <summary>
/// Acts on events of Event Grid, whichever way they came. There is no event of a finished fine-tuning job at Azure; a deployment that was
/// written, or a training run that completed, is a hint to look through the list of jobs now. A blob that was created in the
/// <c>datasets</c> container starts what an upload of it starts. Nothing but the blob's name is taken from an event.
/// </summary>
internal sealed class EventGridEvents(
    FineTuningJobs jobs,
    Uploads uploads,
    TaskHub hub,
    IOptions<FineTuningOptions> options,
    ILogger<EventGridEvents> logger
)
{
    /// <summary>What is said of a body or message that <see cref="ReceivedEvent"/> cannot read.</summary>
    public const string Unreadable = "contains something other than events of the Event Grid or CloudEvents 1.0 schema.";

    private const string BlobCreated = "Microsoft.Storage.BlobCreated";
    private const string ResourceWritten = "Microsoft.Resources.ResourceWriteSuccess";
    private const string RunCompleted = "Microsoft.MachineLearningServices.RunCompleted";

    private readonly string _datasetSubject = $"/blobServices/default/containers/{hub.ContainerOf(StorageNames.Datasets)}/blobs/";

    /// <summary>Starts what the events tell of. A repeated delivery changes nothing.</summary>
    /// <returns>Null where nothing is left to do.</returns>
    /// <exception cref="AggregateException">Some of the uploads could not be started.</exception>
    public async Task<EventsPostponed?> HandleAsync(
        IReadOnlyList<ReceivedEvent> received,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        foreach (var ignored in received.Where(one => !IsHint(one) && DatasetOf(one) is null))
        {
            logger.EventIgnored(EventBody.NameOf(ignored.Type));
        }

        await StartAllAsync(received.Select(DatasetOf).OfType<string>(), durable, cancellationToken);
        if (!received.Any(IsHint))
        {
            return null;
        }

        if (!options.Value.IsConfigured)
        {
            return new EventsPostponed
            {
                Code = "fine_tuning_not_configured",
                Reason = "FineTuning__Endpoint is not set, so the app cannot list fine-tuning jobs.",
            };
        }

        // A failed look-up makes the sender deliver the event again, because the next event may be days away.
        return await jobs.PollAsync(durable, cancellationToken)
            ? null
            : new EventsPostponed
            {
                Code = "fine_tuning_unavailable",
                Reason = "The list of fine-tuning jobs could not be read; the app's log says why (event 1008).",
            };
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
