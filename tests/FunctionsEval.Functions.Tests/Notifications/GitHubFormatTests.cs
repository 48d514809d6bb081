using System.Text.Json.Nodes;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Notifications.Formats;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>The event that starts a workflow of GitHub Actions.</summary>
public sealed class GitHubFormatTests
{
    [Fact]
    public async Task Event_has_ids_and_what_callers_gave_and_the_token_is_a_header()
    {
        var run = new Run
        {
            RunId = "ev-1",
            Status = RunStatus.Completed,
            Verdict = VerdictResult.Pass,
            VerdictReasons = [new RuleVerdict(VerdictResult.Pass, "accuracy 0.92 is at least 0.8")],
            Contexts = ["""{"pr":7}""", "b"],
            Resumptions = 2,
        };
        var target = new WebhookTarget
        {
            Url = new Uri("https://api.github.com/repos/o/n/dispatches"),
            Format = "GitHub",
            Token = "token-1",
        };

        using var request = WebhookFormats.GitHub.CreateRequest(
            new Delivery(target, Notification.From(run), null, DateTimeOffset.UnixEpoch)
        );

        Assert.Equal("Bearer token-1", request.Headers.Authorization!.ToString());
        Assert.Equal("FunctionsEval", request.Headers.UserAgent.ToString());
        var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(
            """{"event_type":"functionseval-ended","client_payload":{"schemaVersion":1,"runId":"ev-1","resumption":2,"status":"Completed","verdict":"pass","contexts":["{\u0022pr\u0022:7}","b"]}}""",
            body.ToJsonString()
        );
        // GitHub takes ten members at most.
        Assert.InRange(body["client_payload"]!.AsObject().Count, 1, 10);
    }

    [Theory]
    [InlineData("GitHub", 204, "", "", "", "Taken")]
    [InlineData("GitHub", 403, "", "", "", "Refused")]
    [InlineData("GitHub", 403, "", "", "You have exceeded a secondary rate limit.", "TryAgain")]
    [InlineData("GitHub", 403, "Retry-After", "60", "", "TryAgain")]
    [InlineData("GitHub", 403, "x-ratelimit-remaining", "0", "", "TryAgain")]
    [InlineData("GitHub", 403, "x-ratelimit-remaining", "12", "", "Refused")]
    [InlineData("GitHub", 404, "", "", "", "Refused")]
    [InlineData("GitHub", 422, "", "", "", "Refused")]
    [InlineData("GitHub", 429, "", "", "", "TryAgain")]
    [InlineData("Slack", 200, "", "", "ok", "Taken")]
    [InlineData("Slack", 200, "", "", "<html>", "Refused")]
    [InlineData("Slack", 400, "", "", "invalid_payload", "Refused")]
    [InlineData("Slack", 404, "", "", "no_service", "Refused")]
    [InlineData("Slack", 410, "", "", "channel_is_archived", "Refused")]
    [InlineData("Slack", 429, "Retry-After", "1", "", "TryAgain")]
    [InlineData("Slack", 500, "", "", "rollup_error", "TryAgain")]
    [InlineData("Teams", 202, "", "", "", "Taken")]
    [InlineData("Teams", 200, "", "", "1", "Taken")]
    [InlineData("Teams", 200, "", "", "Webhook message delivery failed with error: … HTTP error 429", "TryAgain")]
    [InlineData("Teams", 400, "", "", "", "Refused")]
    [InlineData("Teams", 429, "", "", "", "TryAgain")]
    [InlineData("Teams", 502, "", "", "", "TryAgain")]
    [InlineData("Signed", 204, "", "", "", "Taken")]
    [InlineData("Signed", 408, "", "", "", "TryAgain")]
    [InlineData("Signed", 410, "", "", "", "Refused")]
    [InlineData("Signed", 302, "", "", "", "Refused")]
    public void Answers_mean_what_each_receiver_documents(
        string format,
        int status,
        string header,
        string value,
        string body,
        string expected
    )
    {
        using var response = new HttpResponseMessage();
        if (header.Length > 0)
        {
            response.Headers.Add(header, value);
        }

        Assert.Equal(expected, WebhookFormats.Find(format)!.Judge(status, response.Headers, body).ToString());
    }
}
