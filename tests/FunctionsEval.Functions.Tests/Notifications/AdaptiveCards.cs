using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>
/// What the schema of Adaptive Cards 1.5 (adaptivecards.io/schemas/adaptive-card.json) says of the elements that are used.
/// </summary>
internal static class AdaptiveCards
{
    private static readonly Dictionary<string, string[]> Required = new()
    {
        ["AdaptiveCard"] = ["type", "version"],
        ["TextBlock"] = ["type", "text"],
        ["RichTextBlock"] = ["type", "inlines"],
        ["TextRun"] = ["type", "text"],
        ["Action.OpenUrl"] = ["type", "url"],
    };

    private static readonly Dictionary<string, string[]> Optional = new()
    {
        ["AdaptiveCard"] = ["$schema", "body", "actions", "fallbackText", "msteams"],
        ["TextBlock"] = ["weight", "size", "color", "isSubtle", "wrap", "maxLines", "separator", "spacing", "style"],
        ["RichTextBlock"] = ["horizontalAlignment", "separator", "spacing"],
        ["TextRun"] = ["color", "fontType", "highlight", "isSubtle", "italic", "size", "strikethrough", "underline", "weight"],
        ["Action.OpenUrl"] = ["title", "iconUrl", "style", "tooltip"],
    };

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["color"] = ["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"],
        ["size"] = ["Default", "Small", "Medium", "Large", "ExtraLarge"],
        ["weight"] = ["Default", "Lighter", "Bolder"],
    };

    public static void AssertValid(JsonNode card)
    {
        Assert.Equal("AdaptiveCard", (string?)card["type"]);
        Assert.Equal("1.5", (string?)card["version"]);
        AssertElement(card.AsObject());
    }

    /// <summary>The texts in their order.</summary>
    public static IReadOnlyList<string> TextsOf(JsonNode card) =>
        [
            .. card["body"]!
                .AsArray()
                .Select(element =>
                    (string?)element!["text"] ?? string.Concat(element["inlines"]!.AsArray().Select(run => (string?)run!["text"]))
                ),
        ];

    private static void AssertElement(JsonObject element)
    {
        var type = (string)element["type"]!;
        Assert.Contains(type, Required.Keys);
        Assert.All(Required[type], name => Assert.True(element.ContainsKey(name), $"{type} has no {name}"));
        foreach (var (name, value) in element)
        {
            Assert.Contains(name, Required[type].Concat(Optional[type]));
            if (Values.TryGetValue(name, out var allowed))
            {
                Assert.Contains((string?)value, allowed);
            }

            if (value is JsonArray children)
            {
                Assert.All(children, child => AssertElement(child!.AsObject()));
            }
        }
    }
}

/// <summary>What Slack's reference of Block Kit (docs.slack.dev/reference/block-kit) says of the blocks that are used.</summary>
internal static class SlackBlocks
{
    private const int MaxBlocks = 50;

    public static void AssertValid(JsonNode message)
    {
        var blocks = message["blocks"]!.AsArray();
        Assert.InRange(blocks.Count, 1, MaxBlocks);
        foreach (var block in blocks)
        {
            switch ((string?)block!["type"])
            {
                case "header":
                    Assert.Equal("plain_text", (string?)block["text"]!["type"]);
                    Assert.InRange(((string)block["text"]!["text"]!).Length, 1, 150);
                    break;
                case "section":
                    AssertText(block["text"]!);
                    break;
                case "context":
                    Assert.InRange(block["elements"]!.AsArray().Count, 1, 10);
                    Assert.All(block["elements"]!.AsArray(), element => AssertText(element!));
                    break;
                case var other:
                    Assert.Fail($"Block {other}");
                    break;
            }
        }
    }

    /// <summary>The texts in their order.</summary>
    public static IReadOnlyList<string> TextsOf(JsonNode message) =>
        [
            .. message["blocks"]!
                .AsArray()
                .SelectMany(block => block!["elements"]?.AsArray() ?? [block["text"]!.DeepClone()])
                .Select(text => (string)text!["text"]!),
        ];

    /// <summary>Those that Slack reads as markup.</summary>
    public static IReadOnlyList<string> MarkupOf(JsonNode message) =>
        [
            .. message["blocks"]!
                .AsArray()
                .SelectMany(block => block!["elements"]?.AsArray() ?? [block["text"]!.DeepClone()])
                .Where(text => (string?)text!["type"] == "mrkdwn")
                .Select(text => (string)text!["text"]!),
        ];

    private static void AssertText(JsonNode text)
    {
        // A plain text with emoji would make pictures of names.
        Assert.True((string?)text["type"] == "mrkdwn" || ((string?)text["type"] == "plain_text" && !(bool)text["emoji"]!));
        Assert.InRange(((string)text["text"]!).Length, 1, 3000);
    }
}
