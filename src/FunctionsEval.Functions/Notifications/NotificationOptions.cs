using System.ComponentModel.DataAnnotations;
using FunctionsEval.Functions.Notifications.Formats;
using Microsoft.Extensions.Configuration;
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

    /// <summary>
    /// Where people open the dashboard, such as <c>https://APP.azurewebsites.net</c>: messages of Teams and Slack link to it, and need it.
    /// </summary>
    public Uri? AppUrl { get; set; }

    /// <summary>The webhooks, by the name that specs use.</summary>
    public Dictionary<string, WebhookTarget> Webhooks { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Paths and queries of the addresses that are secrets by themselves. Nothing is checked here, so that telemetry can ask before the
    /// settings are.
    /// </summary>
    public static IReadOnlyList<string> ReadSecretPaths(IConfiguration configuration) =>
        [
            .. configuration
                .GetSection(NotificationOptions.Section + ":" + nameof(Webhooks))
                .GetChildren()
                .Where(webhook => WebhookFormats.Find(webhook[nameof(WebhookTarget.Format)])?.IsAddressSecret == true)
                .Select(webhook =>
                    Uri.TryCreate(webhook[nameof(WebhookTarget.Url)], UriKind.Absolute, out var url) ? url.AbsolutePath : "/"
                )
                .Where(path => path.Length > 1)
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(path => path.Length),
        ];
}

/// <summary>One webhook.</summary>
internal sealed class WebhookTarget
{
    /// <summary>
    /// Where it is: an https address (http on this machine only). Of <c>GitHub</c>
    /// <c>https://api.github.com/repos/OWNER/NAME/dispatches</c>. Of <c>Teams</c> and <c>Slack</c> it is a secret.
    /// </summary>
    [Required]
    public Uri? Url { get; set; }

    /// <summary>
    /// What is sent. <c>Signed</c>: the notification with a signature. <c>Teams</c>: a card for a workflow of Microsoft Teams.
    /// <c>Slack</c>: a message for an incoming webhook. <c>GitHub</c>: the event <c>repository_dispatch</c>, which starts a workflow.
    /// Default <c>Signed</c>.
    /// </summary>
    public string Format { get; set; } = WebhookFormats.Signed.Name;

    /// <summary>
    /// Of the format <c>Signed</c>, which needs it: what deliveries are signed with, <c>whsec_</c> and the base64 of 24 to 64 random bytes.
    /// With two, separated by a space, deliveries carry a signature of each, while one takes the other's place.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>Of the format <c>GitHub</c>, which needs it: a token that may write the contents of the repository.</summary>
    public string? Token { get; set; }
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
            failures.AddRange(
                WebhookFormats.Find(target.Format)?.FindProblems(setting, target)
                    ?? [$"{setting}{nameof(target.Format)}: write one of {string.Join(", ", WebhookFormats.All)}."]
            );
        }

        if (
            options.AppUrl is { } url
                ? !IsAppUrl(url)
                : options.Webhooks.Values.Any(target => WebhookFormats.Find(target.Format)?.NeedsAppUrl == true)
        )
        {
            failures.Add(
                $"{NotificationOptions.Section}__{nameof(NotificationOptions.AppUrl)}: write the address at which people open the dashboard, "
                    + "such as https://my-app.azurewebsites.net, for the links in messages of Teams and Slack (http is allowed for this machine only)."
            );
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static bool IsAppUrl(Uri url) =>
        SecureAddress.IsAllowed(url) && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0;
}
