using System.ComponentModel.DataAnnotations;
using FunctionsEval.Functions.Webhooks;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Notifications;

/// <summary>App settings <c>Notifications__…</c>: where a run's end is told. <c>{name}</c> is the webhook's name in specs.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>
    /// Name of the queue in the app's storage account that is told when the spec says <c>"queue": true</c>. Default
    /// <c>evaluation-verdicts</c>.
    /// </summary>
    [RegularExpression(@"\A[a-z0-9](?:-?[a-z0-9]){2,62}\z")]
    public string Queue { get; set; } = "evaluation-verdicts";

    /// <summary>The webhooks, by the name that specs use.</summary>
    public Dictionary<string, WebhookTarget> Webhooks { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One webhook.</summary>
internal sealed class WebhookTarget
{
    /// <summary>Where it is: an https address (http on this machine only).</summary>
    [Required]
    public Uri? Url { get; set; }

    /// <summary>
    /// What deliveries are signed with: <c>whsec_</c> and the base64 of 24 to 64 random bytes. With two, separated by a space, deliveries
    /// carry a signature of each, while one takes the other's place.
    /// </summary>
    [Required]
    public string? Secret { get; set; }
}

/// <summary>Names each setting that cannot be used, with the fix.</summary>
internal sealed class NotificationOptionsValidator : IValidateOptions<NotificationOptions>
{
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        var failures = new List<string>();
        foreach (var (webhook, target) in options.Webhooks)
        {
            var setting = $"{NotificationOptions.Section}__Webhooks__{webhook}__";
            failures.AddRange(SignedRequest.FindProblems(setting, target.Url, target.Secret));
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
