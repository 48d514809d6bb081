using Azure.Storage.Queues;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Durable Functions' queues. No metric of Azure says how long their messages wait, so the app looks and logs, and an alert reads the log.
/// </summary>
/// <param name="queues">The account's queues, whose messages are not decoded.</param>
/// <param name="hub">Whose queues they are.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of a message that nobody takes.</param>
internal sealed class HubQueues(QueueServiceClient queues, TaskHub hub, TimeProvider time, ILogger<HubQueues> logger)
{
    /// <summary>How long a message may wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Logs each queue whose first visible message is older than <see cref="LongestWait"/>. A message that is being handled is not visible;
    /// one of a durable timer is as old as the timer when it becomes visible, so that a single record means nothing.
    /// </summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await foreach (var queue in queues.GetQueuesAsync(prefix: hub.QueuePrefix, cancellationToken: cancellationToken))
        {
            if (!hub.IsQueueOfDurable(queue.Name))
            {
                continue;
            }

            var first = (await queues.GetQueueClient(queue.Name).PeekMessageAsync(cancellationToken)).Value;
            if (first?.InsertedOn is { } inserted && time.GetUtcNow() - inserted is var waited && waited > LongestWait)
            {
                logger.MessageNotTaken(queue.Name, (int)waited.TotalMinutes);
            }
        }
    }
}
