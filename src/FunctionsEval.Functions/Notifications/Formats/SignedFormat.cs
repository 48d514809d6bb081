using FunctionsEval.Functions.Webhooks;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>The notification as it is, signed by Standard Webhooks.</summary>
internal sealed class SignedFormat : WebhookFormat
{
    /// <inheritdoc/>
    public override string Name => "Signed";

    /// <inheritdoc/>
    public override IEnumerable<string> FindProblems(string setting, WebhookTarget target)
    {
        foreach (var problem in SignedRequest.FindProblems(setting, target.Url, target.Secret))
        {
            yield return problem;
        }

        if (target.Token is not null)
        {
            yield return Unused($"{setting}Token", "");
        }
    }

    /// <inheritdoc/>
    public override HttpRequestMessage CreateRequest(Delivery delivery) =>
        SignedRequest.Create(
            delivery.Target.Url!,
            WebhookSignature.TryCreate(delivery.Target.Secret!)!,
            delivery.Notification.Id,
            delivery.Now,
            delivery.Notification.Body.ToArray()
        );
}
