using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>
/// An Adaptive Card 1.5 in the envelope that the workflow trigger "When a Teams webhook request is received" reads. Whatever a run names is
/// in a <c>TextRun</c>, which knows no markdown, dates or mentions, so that a label stays what it is.
/// </summary>
internal sealed class TeamsFormat : WebhookFormat
{
    /// <summary>What the retired connectors answer with the status 200 when they could not post.</summary>
    private const string ConnectorFailure = "Webhook message delivery failed";

    /// <summary>Below Teams' limit of 28 KB a message.</summary>
    private const int MaxBytes = 27 * 1024;

    /// <summary>Length of a line where the message would be too large, in characters.</summary>
    private const int ShortLine = 80;

    /// <inheritdoc/>
    public override string Name => "Teams";

    /// <inheritdoc/>
    public override bool IsAddressSecret => true;

    /// <inheritdoc/>
    public override bool NeedsAppUrl => true;

    /// <inheritdoc/>
    public override IEnumerable<string> FindProblems(string setting, WebhookTarget target) => FindChatProblems(setting, target);

    /// <inheritdoc/>
    public override HttpRequestMessage CreateRequest(Delivery delivery)
    {
        var announcement = Announcement.From(delivery);
        var request = CreateRequest(delivery, announcement);
        if (request.Content!.Headers.ContentLength <= MaxBytes)
        {
            return request;
        }

        // Characters such as emoji take six bytes each. Shorter lines fit whatever they are.
        request.Dispose();
        return CreateRequest(delivery, announcement.WithLinesOf(ShortLine));
    }

    /// <inheritdoc/>
    public override DeliveryResult Judge(int status, HttpResponseHeaders headers, string body) =>
        body.StartsWith(ConnectorFailure, StringComparison.Ordinal) ? DeliveryResult.TryAgain : base.Judge(status, headers, body);

    private static HttpRequestMessage CreateRequest(Delivery delivery, Announcement announcement) =>
        JsonRequest.Post(
            delivery.Target.Url!,
            new JsonObject
            {
                ["type"] = "message",
                ["attachments"] = new JsonArray(
                    new JsonObject
                    {
                        ["contentType"] = "application/vnd.microsoft.card.adaptive",
                        ["contentUrl"] = null,
                        ["content"] = CreateCard(announcement),
                    }
                ),
            }
        );

    private static JsonObject CreateCard(Announcement announcement)
    {
        var body = new JsonArray(
            Text(announcement.Title, size: "Large", weight: "Bolder", color: ColorOf(announcement.Mood)),
            Text(announcement.Facts, isSubtle: true)
        );
        foreach (var section in announcement.Sections)
        {
            body.Add(
                new JsonObject
                {
                    ["type"] = "TextBlock",
                    ["text"] = section.Heading,
                    ["weight"] = "Bolder",
                    ["wrap"] = true,
                    ["separator"] = true,
                }
            );
            foreach (var line in section.Lines)
            {
                body.Add(Text(line));
            }
        }

        return new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.5",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
            ["actions"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Action.OpenUrl",
                    ["title"] = "Open the dashboard",
                    ["url"] = announcement.Link.AbsoluteUri,
                }
            ),
        };
    }

    private static JsonObject Text(string text, string? size = null, string? weight = null, string? color = null, bool isSubtle = false)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = text };
        foreach (var (name, value) in new[] { ("size", size), ("weight", weight), ("color", color) })
        {
            if (value is not null)
            {
                run[name] = value;
            }
        }

        if (isSubtle)
        {
            run["isSubtle"] = true;
        }

        return new JsonObject { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(run) };
    }

    private static string ColorOf(Mood mood) =>
        mood switch
        {
            Mood.Good => "Good",
            Mood.Bad => "Attention",
            Mood.Open => "Warning",
            _ => "Default",
        };
}
