using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>
/// A message of Block Kit for an incoming webhook. Whatever a run names is in a plain text, so that it becomes no markup, picture, mention
/// or link; only headings and the link to the dashboard are markup.
/// </summary>
internal sealed class SlackFormat : WebhookFormat
{
    private const int MaxHeader = 150;

    /// <summary>Below Slack's limit of 3,000 characters a text.</summary>
    private const int MaxText = 2900;

    /// <inheritdoc/>
    public override string Name => "Slack";

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
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(Announcement.Cut(announcement.Title, MaxHeader)) },
            new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Plain(announcement.Facts)) }
        );
        foreach (var section in announcement.Sections)
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Markdown($"*{section.Heading}*") });
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Plain(TextOf(section.Lines)) });
        }

        blocks.Add(
            new JsonObject { ["type"] = "section", ["text"] = Markdown($"<{Escape(announcement.Link.AbsoluteUri)}|Open the dashboard>") }
        );
        return JsonRequest.Post(
            delivery.Target.Url!,
            new JsonObject
            {
                ["text"] = WithoutBrackets(announcement.Title),
                ["mrkdwn"] = false,
                ["unfurl_links"] = false,
                ["blocks"] = blocks,
            }
        );
    }

    /// <inheritdoc/>
    public override DeliveryResult Judge(int status, HttpResponseHeaders headers, string body) =>
        // A page of a proxy is no answer of Slack's.
        base.Judge(status, headers, body)
            is var result
        && result == DeliveryResult.Taken
        && body.Trim() != "ok"
            ? DeliveryResult.Refused
            : result;

    private static string TextOf(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length + line.Length + 1 > MaxText)
            {
                return text.Append('…').ToString();
            }

            text.Append(line).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>An address in markup.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A plain text, which shows entities and brackets as it likes.</summary>
    private static string WithoutBrackets(string text) => text.Replace('<', '‹').Replace('>', '›');

    private static JsonObject Plain(string text) =>
        new()
        {
            ["type"] = "plain_text",
            ["text"] = WithoutBrackets(text),
            ["emoji"] = false,
        };

    private static JsonObject Markdown(string text) =>
        new()
        {
            ["type"] = "mrkdwn",
            ["text"] = text,
            ["verbatim"] = true,
        };
}
