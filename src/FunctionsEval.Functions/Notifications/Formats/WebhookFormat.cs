using System.Net.Http.Headers;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>How a webhook is told of a run's end: what the request says, what its settings must say, and what its answer means.</summary>
/// <remarks>A new one is a class of its own and a line in <see cref="WebhookFormats"/>.</remarks>
internal abstract class WebhookFormat
{
    /// <summary>The value of the setting <c>Format</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether whoever knows the address may post to it, so that it is shown nowhere.</summary>
    public virtual bool IsAddressSecret => false;

    /// <summary>Whether messages link to the dashboard, so that the app's own address must be known.</summary>
    public virtual bool NeedsAppUrl => false;

    /// <summary>What is wrong with a webhook's settings, each with the fix. Nothing shows their values.</summary>
    /// <param name="setting">What the settings' names begin with.</param>
    /// <param name="target">The settings.</param>
    public abstract IEnumerable<string> FindProblems(string setting, WebhookTarget target);

    /// <summary>The request that tells it.</summary>
    public abstract HttpRequestMessage CreateRequest(Delivery delivery);

    /// <summary>What an answer means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">The beginning of the body.</param>
    public virtual DeliveryResult Judge(int status, HttpResponseHeaders headers, string body) =>
        status switch
        {
            408 or 429 or >= 500 => DeliveryResult.TryAgain,
            >= 200 and <= 299 => DeliveryResult.Taken,
            _ => DeliveryResult.Refused,
        };

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A setting that this format does not read.</summary>
    protected string Unused(string setting, string reads) => $"{setting}: the format {Name} does not use it{reads}. Leave it out.";

    /// <summary>The problems of a webhook whose address is all that a chat asks for.</summary>
    protected IEnumerable<string> FindChatProblems(string setting, WebhookTarget target)
    {
        if (!SecureAddress.IsAllowed(target.Url))
        {
            yield return $"{setting}Url: write an https address (http is allowed for this machine only).";
        }

        if (target.Secret is not null)
        {
            yield return Unused($"{setting}Secret", ": its address is the secret");
        }

        if (target.Token is not null)
        {
            yield return Unused($"{setting}Token", ": its address is the secret");
        }
    }
}

/// <summary>What is delivered.</summary>
/// <param name="Target">The webhook's settings.</param>
/// <param name="Notification">The notification.</param>
/// <param name="AppUrl">Where people open the dashboard; null where it is not known.</param>
/// <param name="Now">The time.</param>
internal sealed record Delivery(WebhookTarget Target, Notification Notification, Uri? AppUrl, DateTimeOffset Now);

/// <summary>What became of a delivery.</summary>
internal enum DeliveryResult
{
    /// <summary>The receiver has it.</summary>
    Taken,

    /// <summary>Another try may succeed.</summary>
    TryAgain,

    /// <summary>No other try will succeed.</summary>
    Refused,
}
