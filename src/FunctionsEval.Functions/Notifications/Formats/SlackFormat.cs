using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Notifications.Formats;

/// <summary>
/// A message of Block Kit for an incoming webhook. <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are escaped, so that nothing that a run names
/// becomes a mention or a link.
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
            new JsonObject
            {
                ["type"] = "header",
                ["text"] = new JsonObject
                {
                    ["type"] = "plain_text",
                    ["text"] = Announcement.Cut(WithoutBrackets(announcement.Title), MaxHeader),
                    ["emoji"] = false,
                },
            },
            new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Markdown(Escape(announcement.Facts))) }
        );
        foreach (var section in announcement.Sections)
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Markdown(TextOf(section)) });
        }

        blocks.Add(
            new JsonObject { ["type"] = "section", ["text"] = Markdown($"<{Escape(announcement.Link.AbsoluteUri)}|Open the dashboard>") }
        );
        return JsonRequest.Post(
            delivery.Target.Url!,
            new JsonObject
            {
                ["text"] = Escape(announcement.Title),
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

    private static string TextOf(AnnouncementSection section)
    {
        var text = new StringBuilder().Append('*').Append(section.Heading).Append('*');
        foreach (var line in section.Lines.Select(Escape))
        {
            if (text.Length + line.Length + 1 > MaxText)
            {
                return text.Append("\n…").ToString();
            }

            text.Append('\n').Append(line);
        }

        return text.ToString();
    }

    /// <summary>A text as Slack shows it.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>A text of a header, which shows entities and brackets as it likes.</summary>
    private static string WithoutBrackets(string text) => text.Replace('<', '‹').Replace('>', '›');

    private static JsonObject Markdown(string text) =>
        new()
        {
            ["type"] = "mrkdwn",
            ["text"] = text,
            ["verbatim"] = true,
        };
}
