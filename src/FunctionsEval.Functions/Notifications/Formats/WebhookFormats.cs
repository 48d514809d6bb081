namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>The formats there are.</summary>
internal static class WebhookFormats
{
    /// <summary>The notification itself, signed.</summary>
    public static WebhookFormat Signed { get; } = new SignedFormat();

    /// <summary>A card in a channel of Microsoft Teams.</summary>
    public static WebhookFormat Teams { get; } = new TeamsFormat();

    /// <summary>A message in a channel of Slack.</summary>
    public static WebhookFormat Slack { get; } = new SlackFormat();

    /// <summary>An event that starts a workflow of GitHub Actions.</summary>
    public static WebhookFormat GitHub { get; } = new GitHubFormat();

    /// <summary>All of them, in the order in which messages list them.</summary>
    public static IReadOnlyList<WebhookFormat> All { get; } = [Signed, Teams, Slack, GitHub];

    /// <summary>The format of a name, in any letter case; null for none.</summary>
    public static WebhookFormat? Find(string? name) =>
        All.FirstOrDefault(format => string.Equals(format.Name, name?.Trim(), StringComparison.OrdinalIgnoreCase));
}
