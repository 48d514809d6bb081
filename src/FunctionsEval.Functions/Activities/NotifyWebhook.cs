using System.Net.Http.Headers;
using System.Text;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Notifications.Formats;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Sends the notification of a run's end to a webhook, in its format. Throws if another try may succeed; every other failure is logged and
/// final.
/// </summary>
internal sealed class NotifyWebhook(
    RunTables tables,
    RunEndTable ends,
    ModelTransport transport,
    IOptions<NotificationOptions> options,
    TimeProvider time,
    ILogger<NotifyWebhook> logger
)
{
    /// <summary>How much of an answer is read, in bytes.</summary>
    private const int MaxRead = 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait for a receiver that asks for one (<c>Retry-After</c>) before a try ends.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    [Function(nameof(NotifyWebhook))]
    public async Task RunAsync([ActivityTrigger] NotifyRequest request, CancellationToken cancellationToken)
    {
        if (!options.Value.Webhooks.TryGetValue(request.Webhook, out var target))
        {
            logger.NotificationGivenUp(request.RunId, request.Webhook, "it is no longer configured");
            return;
        }

        if (await Notification.FindAsync(request, tables, ends, cancellationToken) is not { } notification)
        {
            logger.NotificationGivenUp(request.RunId, request.Webhook, "the notification's content no longer exists in the run's rows");
            return;
        }

        var delivery = new Delivery(target, notification, options.Value.AppUrl, time.GetUtcNow());
        switch (await SendAsync(request.Webhook, delivery, cancellationToken))
        {
            case (DeliveryResult.Taken, _):
                logger.NotificationSent(request.RunId, request.Webhook);
                break;
            case (DeliveryResult.Refused, var status):
                logger.NotificationGivenUp(request.RunId, request.Webhook, $"it answered {status}");
                break;
            case (_, var status):
                throw new NotificationException($"Webhook {request.Webhook} answered {status}.");
        }
    }

    /// <returns>What became of it, and the status of the answer. A wait that the receiver asks for has passed, up to a bound.</returns>
    private async Task<(DeliveryResult Result, int Status)> SendAsync(
        string webhook,
        Delivery delivery,
        CancellationToken cancellationToken
    )
    {
        var (format, wait) = (WebhookFormats.Find(delivery.Target.Format)!, TimeSpan.Zero);
        using var message = format.CreateRequest(delivery);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        (DeliveryResult Result, int Status) sent;
        try
        {
            using var response = await transport.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var body = await ReadBeginningAsync(response, timeout.Token);
            sent = (format.Judge((int)response.StatusCode, response.Headers, body), (int)response.StatusCode);
            wait = sent.Result == DeliveryResult.TryAgain ? FindWait(response.Headers.RetryAfter) : TimeSpan.Zero;
        }
        catch (Exception broken)
            when (broken is HttpRequestException or IOException
                || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new NotificationException($"Webhook {webhook} could not be reached.", broken);
        }

        await Task.Delay(wait, time, cancellationToken);
        return sent;
    }

    /// <summary>The beginning of the body: more decides nothing, and a body may have no end.</summary>
    private static async Task<string> ReadBeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var beginning = new byte[MaxRead];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(beginning, 0, length);
    }

    /// <summary>How long to wait before the next try, which comes after that by itself; longer waits are those of the tries.</summary>
    private TimeSpan FindWait(RetryConditionHeaderValue? retryAfter)
    {
        var asked = retryAfter?.Delta ?? retryAfter?.Date - time.GetUtcNow() ?? TimeSpan.Zero;
        return asked < TimeSpan.Zero ? TimeSpan.Zero
            : asked > MaxWait ? MaxWait
            : asked;
    }
}

/// <summary>A notification was not accepted; another try may succeed.</summary>
internal sealed class NotificationException(string message, Exception? inner = null) : Exception(message, inner);
