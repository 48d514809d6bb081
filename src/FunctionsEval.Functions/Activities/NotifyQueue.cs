using Azure.Storage.Queues;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>Puts a message about a run's end into the app's queue.</summary>
internal sealed class NotifyQueue(
    RunTables tables,
    RunEndTable ends,
    QueueServiceClient queues,
    IOptions<NotificationOptions> options,
    ILogger<NotifyQueue> logger
)
{
    [Function(nameof(NotifyQueue))]
    public async Task RunAsync([ActivityTrigger] NotifyRequest request, CancellationToken cancellationToken)
    {
        if (await Notification.FindAsync(request, tables, ends, cancellationToken) is not { } notification)
        {
            logger.NotificationGivenUp(request.RunId, options.Value.Queue, "the notification's content no longer exists in the run's rows");
            return;
        }

        var queue = queues.GetQueueClient(options.Value.Queue);
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await queue.SendMessageAsync(notification.Body, cancellationToken: cancellationToken);
        logger.NotificationSent(request.RunId, options.Value.Queue);
    }
}
