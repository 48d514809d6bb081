using System.Text;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Triggers.Events;

/// <summary>
/// The twin of <see cref="EventGridWebhook"/> for an app that Event Grid cannot call: it delivers to a queue, and the app fetches. The host
/// makes a message that failed visible again, and moves it to the queue's <c>-poison</c> after <c>maxDequeueCount</c> attempts
/// (<c>host.json</c>), so nothing is lost. <see cref="HubTriggers"/> puts the configured queue in the place of <see cref="AnyQueue"/>, or leaves
/// the function out.
/// </summary>
internal sealed class EventGridQueue(EventGridEvents events, ILogger<EventGridQueue> logger)
{
    private const string AnyQueue = "events";

    [Function(nameof(EventGridQueue))]
    public async Task RunAsync(
        [QueueTrigger(AnyQueue, Connection = "AzureWebJobsStorage")] string message,
        [DurableClient] DurableTaskClient durable,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var received =
                ReceivedEvent.Read(Encoding.UTF8.GetBytes(message))
                ?? throw new InvalidDataException($"A message {EventGridEvents.Unreadable}");
            if (await events.HandleAsync(received, durable, cancellationToken) is { } postponed)
            {
                throw new InvalidOperationException(postponed.Reason);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.EventMessageFailed($"{context.BindingContext.BindingData.GetValueOrDefault("DequeueCount")}", fault.Message);
            throw;
        }
    }
}
