using System.Text.Json.Nodes;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Notifications.Formats;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>What people read of a run's end in a channel of Teams or Slack.</summary>
public sealed class ChatMessageTests
{
    /// <summary>Teams refuses larger messages.</summary>
    private const int MaxTeamsBytes = 28 * 1024;

    /// <summary>What mentions everybody, opens an address and ends markup, where it is not escaped.</summary>
    private const string Hostile =
        "*x* :white_check_mark: <!channel> <https://evil.example|x> <at>all</at> **b** [a](https://evil.example) & {{DATE(2026-01-01T00:00:00Z)}}";

    private static readonly Run Passed = new()
    {
        RunId = "ev-m7jxfbitephzjonfqwtgd26xba",
        Status = RunStatus.Completed,
        Suite = "support-tickets",
        Dataset = "support-tickets/test.jsonl",
        Model = "tuned",
        Baseline = "base",
        Samples = 1200,
        Verdict = VerdictResult.Fail,
        VerdictReasons =
        [
            new RuleVerdict(VerdictResult.Pass, "accuracy 0.92 is at least 0.8"),
            new RuleVerdict(VerdictResult.Fail, "f1_macro 0.7 is less than 0.8"),
        ],
        Finished = new DateTimeOffset(2026, 11, 25, 21, 15, 7, TimeSpan.Zero),
    };

    [Fact]
    public async Task Teams_gets_an_adaptive_card_in_the_envelope_of_its_workflows()
    {
        var message = await BodyAsync(WebhookFormats.Teams, Passed);

        Assert.Equal("message", (string?)message["type"]);
        var attachment = Assert.Single(message["attachments"]!.AsArray())!;
        Assert.Equal("application/vnd.microsoft.card.adaptive", (string?)attachment["contentType"]);
        var card = attachment["content"]!;
        AdaptiveCards.AssertValid(card);
        Assert.Equal(
            [
                "✗ FAIL: support-tickets",
                "tuned against base · 1,200 samples · support-tickets/test.jsonl · ev-m7jxfbitephzjonfqwtgd26xba",
                "Reasons",
                "✗ f1_macro 0.7 is less than 0.8",
                "✓ accuracy 0.92 is at least 0.8",
            ],
            AdaptiveCards.TextsOf(card)
        );
        Assert.Equal("https://app.example.com/eval/#/runs/ev-m7jxfbitephzjonfqwtgd26xba", (string?)card["actions"]![0]!["url"]);
    }

    [Fact]
    public async Task Headline_and_what_got_worse_follow_the_reasons()
    {
        var texts = SlackBlocks.TextsOf(await BodyAsync(WebhookFormats.Slack, Notification.From(Passed, Overviews.With("refund"))));

        Assert.Equal(("*Headline*", "*What got worse*"), (texts[4], texts[6]));
        Assert.Contains("refund 92.0 %", texts[5], StringComparison.Ordinal);
        Assert.Contains("▼ Recall of refund: 35 %, the previous run 85 % (40 samples)", texts[7], StringComparison.Ordinal);
        Assert.Contains("▼ Recall of refund: 35 %, refund 85 % (40 samples)", texts[7], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slack_gets_blocks_and_a_text_for_notifications()
    {
        var message = await BodyAsync(WebhookFormats.Slack, Passed);

        Assert.Equal("✗ FAIL: support-tickets", (string?)message["text"]);
        SlackBlocks.AssertValid(message);
        Assert.Equal(
            [
                "✗ FAIL: support-tickets",
                "tuned against base · 1,200 samples · support-tickets/test.jsonl · ev-m7jxfbitephzjonfqwtgd26xba",
                "*Reasons*",
                "✗ f1_macro 0.7 is less than 0.8\n✓ accuracy 0.92 is at least 0.8",
                "<https://app.example.com/eval/#/runs/ev-m7jxfbitephzjonfqwtgd26xba|Open the dashboard>",
            ],
            SlackBlocks.TextsOf(message)
        );
    }

    [Fact]
    public async Task Names_mention_nobody_and_link_nowhere_in_slack()
    {
        var message = await BodyAsync(WebhookFormats.Slack, With(Hostile));

        SlackBlocks.AssertValid(message);
        Assert.All(
            SlackBlocks.TextsOf(message).SkipLast(1),
            text => Assert.False(text.Contains('<', StringComparison.Ordinal) || text.Contains('>', StringComparison.Ordinal), text)
        );
        Assert.DoesNotContain("<", (string?)message["text"], StringComparison.Ordinal);
        Assert.False((bool)message["mrkdwn"]!);
        // Slack reads a text of the type mrkdwn as markup, verbatim or not: only the app's own words are in one.
        Assert.All(
            SlackBlocks.MarkupOf(message).SkipLast(1),
            heading => Assert.Contains(heading, new[] { "*Reasons*", "*Warnings*", "*Headline*", "*What got worse*" })
        );
    }

    [Fact]
    public async Task Names_are_no_markdown_in_teams()
    {
        var card = (await BodyAsync(WebhookFormats.Teams, With(Hostile)))["attachments"]![0]!["content"]!;

        AdaptiveCards.AssertValid(card);
        // A TextBlock knows markdown and dates: only headings of the app's own are in one.
        Assert.All(
            card["body"]!.AsArray().Where(element => (string?)element!["type"] == "TextBlock"),
            heading => Assert.Contains((string)heading!["text"]!, new[] { "Reasons", "Warnings" })
        );
        Assert.Contains(AdaptiveCards.TextsOf(card), text => text.Contains(Hostile, StringComparison.Ordinal));
        Assert.Null(card["msteams"]!["entities"]);
    }

    [Theory]
    [InlineData("漢")]
    [InlineData("&")]
    [InlineData("\u0001")]
    [InlineData("\\")]
    [InlineData("😀")]
    [InlineData("\u202E")]
    public async Task Longest_names_fit_into_both(string repeated)
    {
        var run = With(string.Concat(Enumerable.Repeat(repeated, 1024)));

        var teams = await BodyAsync(WebhookFormats.Teams, run);
        AdaptiveCards.AssertValid(teams["attachments"]![0]!["content"]!);
        Assert.InRange(await LengthAsync(WebhookFormats.Teams, run), 1, MaxTeamsBytes);
        var slack = await BodyAsync(WebhookFormats.Slack, run);
        SlackBlocks.AssertValid(slack);
        Assert.All(
            SlackBlocks.TextsOf(slack).Concat(AdaptiveCards.TextsOf(teams["attachments"]![0]!["content"]!)),
            text => Assert.DoesNotContain(text, character => (char.IsControl(character) && character != '\n') || character == '\u202E')
        );
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(500)]
    public async Task Card_fits_with_numbers_and_changes_of_names_that_take_the_most_bytes(int length)
    {
        var name = string.Concat(Enumerable.Repeat("😀", length / 2));
        var notification = Notification.From(
            With(name) with
            {
                VerdictReasons = [.. Enumerable.Repeat(new RuleVerdict(VerdictResult.Fail, $"{name} is less than 80 %"), 20)],
            },
            Overviews.With(name)
        );

        using var request = Request(WebhookFormats.Teams, notification);
        var body = await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.InRange(body.Length, 1, MaxTeamsBytes);
        AdaptiveCards.AssertValid(JsonNode.Parse(body)!["attachments"]![0]!["content"]!);
    }

    [Theory]
    [InlineData(RunStatus.Completed, "Completed without a gate: support-tickets")]
    [InlineData(RunStatus.Partial, "⚠ PARTIAL, no verdict: support-tickets")]
    [InlineData(RunStatus.Cancelled, "⚠ CANCELLED, no verdict: support-tickets")]
    [InlineData(RunStatus.Failed, "✗ FAILED: support-tickets")]
    public async Task Run_without_a_verdict_says_why_and_never_passes(RunStatus status, string title)
    {
        var run = Passed with
        {
            Status = status,
            Verdict = null,
            VerdictReasons = [],
            ErrorCode = status == RunStatus.Completed ? null : "budget",
        };

        var texts = SlackBlocks.TextsOf(await BodyAsync(WebhookFormats.Slack, run));

        Assert.Equal(title, texts[0]);
        Assert.Equal(status != RunStatus.Completed, texts.Any(text => text.Contains("budget", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Group_names_no_candidate_as_the_model()
    {
        var group = Passed with { Model = "tuned-1", Candidates = ["tuned-1", "tuned-2"], CandidateRuns = ["ev-1", "ev-2"] };

        var texts = SlackBlocks.TextsOf(await BodyAsync(WebhookFormats.Slack, group));

        Assert.StartsWith("2 candidates against base · ", texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Number_without_an_end_is_told_as_its_text()
    {
        var overview = Overviews.With("perplexity");
        var endless = new NumberFigure("beyond all bounds") { Value = double.PositiveInfinity };
        overview = overview with { Headline = [overview.Headline![0] with { Candidate = endless }] };

        var texts = SlackBlocks.TextsOf(await BodyAsync(WebhookFormats.Slack, Notification.From(Passed, overview)));

        Assert.Contains("*Headline*", texts);
    }

    [Fact]
    public async Task Suite_run_links_to_its_page()
    {
        var suite = new SuiteRun
        {
            SuiteRunId = "es-k5xw2bqtephzjonfqwtgd26xba",
            Status = RunStatus.Completed,
            Suite = "support-tickets",
            Verdict = VerdictResult.Pass,
            VerdictReasons = [new RuleVerdict(VerdictResult.Pass, "critical test.jsonl passes")],
        };

        var texts = SlackBlocks.TextsOf(await BodyAsync(WebhookFormats.Slack, Notification.From(suite)));

        Assert.Equal("✓ PASS: support-tickets", texts[0]);
        Assert.Equal("<https://app.example.com/eval/#/suites/es-k5xw2bqtephzjonfqwtgd26xba|Open the dashboard>", texts[^1]);
    }

    private static Run With(string name) =>
        Passed with
        {
            Suite = name,
            Dataset = name,
            Model = name,
            Baseline = name,
            VerdictReasons = [.. Enumerable.Repeat(new RuleVerdict(VerdictResult.Fail, name), 20)],
            Warnings = [.. Enumerable.Repeat(name, 20)],
        };

    private static Task<JsonNode> BodyAsync(WebhookFormat format, Run run) => BodyAsync(format, Notification.From(run));

    private static async Task<JsonNode> BodyAsync(WebhookFormat format, Notification notification)
    {
        using var request = Request(format, notification);
        return JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<int> LengthAsync(WebhookFormat format, Run run)
    {
        using var request = Request(format, Notification.From(run));
        return (await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
    }

    private static HttpRequestMessage Request(WebhookFormat format, Notification notification) =>
        format.CreateRequest(
            new Delivery(
                new WebhookTarget { Url = new Uri("https://hooks.example.com/secret"), Format = format.Name },
                notification,
                new Uri("https://app.example.com/eval/"),
                DateTimeOffset.UnixEpoch
            )
        );
}
