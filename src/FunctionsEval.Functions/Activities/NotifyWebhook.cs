using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using FunctionsEval.Functions.Webhooks;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Sends a signed notification of a run's end to a webhook. Throws if another try may succeed; every other failure is logged and final.
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
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

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

        var status = await SendAsync(request.Webhook, target, notification, cancellationToken);
        if (status is 408 or 429 or >= 500)
        {
            throw new NotificationException($"Webhook {request.Webhook} answered {status}.");
        }

        if (status is < 200 or > 299)
        {
            logger.NotificationGivenUp(request.RunId, request.Webhook, $"it answered {status}");
        }
        else
        {
            logger.NotificationSent(request.RunId, request.Webhook);
        }
    }

    /// <returns>The status of the answer.</returns>
    private async Task<int> SendAsync(string webhook, WebhookTarget target, Notification notification, CancellationToken cancellationToken)
    {
        using var message = SignedRequest.Create(
            target.Url!,
            WebhookSignature.TryCreate(target.Secret!)!,
            notification.Id,
            time.GetUtcNow(),
            notification.Body.ToArray()
        );
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            using var response = await transport.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            return (int)response.StatusCode;
        }
        catch (Exception broken)
            when (broken is HttpRequestException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new NotificationException($"Webhook {webhook} could not be reached.", broken);
        }
    }
}

/// <summary>A notification was not accepted; another try may succeed.</summary>
internal sealed class NotificationException(string message, Exception? inner = null) : Exception(message, inner);
