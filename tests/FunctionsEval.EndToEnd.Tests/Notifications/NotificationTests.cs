using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Notifications;

/// <summary>An app with a webhook for each test.</summary>
public sealed class NotifyingApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    internal WebhookReceiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync();
        App = await EvaluationApp.StartAsync([
            .. new[] { "told", "gone", "goes-on", "retold" }.SelectMany(Receiver.SettingsOf),
            ("Models__recorded__MaxConcurrency", "4"),
        ]);
        App.Endpoint.Answer = Parity.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}

/// <summary>What is told of a run's end; signatures are verified by another implementation than the app's.</summary>
public sealed class NotificationTests(NotifyingApp shared) : IClassFixture<NotifyingApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task End_of_a_run_is_told_to_webhook_and_queue_signed_and_until_it_is_taken()
    {
        var webhook = shared.Receiver.Answer("told", refusals: 2);

        var run = await _app.EvaluateAsync("told/test.jsonl", Spec("told", queue: true), Parity.Rows("told", 20));
        await Eventually.TrueAsync(() => webhook.Received.Count == 3, "the webhook was tried three times");
        var ids = webhook.Received.Select(delivery => delivery.Id).ToList();
        Assert.Equal([$"{run.PartitionKey}-0"], ids.Distinct());
        var body = JsonNode.Parse(webhook.Received.Last().Body)!;
        Assert.Equal("evaluation.completed", (string?)body["type"]);
        Assert.Equal(
            (run.PartitionKey, "Completed", "pass", "recorded"),
            (
                (string?)body["data"]!["runId"],
                (string?)body["data"]!["status"],
                (string?)body["data"]!["verdict"],
                (string?)body["data"]!["model"]
            )
        );

        var message = (await ToldAsync(run.PartitionKey))[0];
        Assert.Equal(body["data"]!.ToJsonString(), message["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Webhook_that_refuses_for_good_is_tried_once_and_changes_nothing_and_an_unknown_one_is_refused_in_the_spec()
    {
        var webhook = shared.Receiver.Answer("gone", refusals: int.MaxValue, status: 410);

        var etag = await _app.DropAsync("gone/test.jsonl", Spec("gone", queue: true), Parity.Rows("gone", 20));
        Assert.Equal("Completed", (await _app.EndedAsync("gone/test.jsonl", etag)).GetString("Status"));
        // The queue comes after the webhook: once its message is there, the webhook was not tried again.
        await ToldAsync(await _app.RunIdAsync("gone/test.jsonl"));
        Assert.Single(webhook.Received);

        var unknown = await _app.EndedAsync(
            "unknown/test.jsonl",
            await _app.DropAsync("unknown/test.jsonl", Spec("cd", queue: false), Parity.Rows("unknown", 5))
        );
        Assert.Equal("invalid_spec", unknown.GetString("ErrorCode"));
        Assert.Contains("Notifications__Webhooks__cd__Url", unknown.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notification_that_is_repeated_stays_that_of_its_end_although_the_run_goes_on_meanwhile()
    {
        var webhook = shared.Receiver.Answer("goes-on", refusals: 2);

        var run = await _app.EvaluateAsync("goes-on/test.jsonl", Spec("goes-on", queue: true), Parity.Rows("goes-on", 20));
        await Eventually.TrueAsync(() => !webhook.Received.IsEmpty, "the webhook was tried");
        // What resume does to the row. Whoever meets the run then goes on with it, and it ends once more.
        run.Remove("Verdict");
        run.Remove("VerdictReasons");
        run["Status"] = "Pending";
        run["Resumptions"] = 1;
        await _app
            .Tables.GetTableClient("EvaluationRuns")
            .UpdateEntityAsync(run, Azure.ETag.All, Azure.Data.Tables.TableUpdateMode.Replace);

        var id = $"{run.PartitionKey}-0";
        await Eventually.TrueAsync(() => webhook.Received.Count(received => received.Id == id) > 1, "the webhook was tried again");
        var delivery = Assert.Single(webhook.Received.Where(received => received.Id == id).Distinct());
        Assert.Equal(
            ("evaluation.completed", "pass"),
            ((string?)JsonNode.Parse(delivery.Body)!["type"], (string?)JsonNode.Parse(delivery.Body)!["data"]!["verdict"])
        );
        var queue = new QueueClient(
            _app.Host.StorageConnectionString,
            "evaluation-verdicts",
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
        );
        await Eventually.TrueAsync(
            () => queue.Exists() && queue.PeekMessages(maxMessages: 32).Value.Any(message => message.Body.ToString() == delivery.Body),
            "the message is in the queue"
        );
    }

    [Fact]
    public async Task Run_is_resumed_while_its_end_is_still_being_told()
    {
        var webhook = shared.Receiver.Answer("retold", refusals: int.MaxValue);
        _app.Endpoint.Latency = TimeSpan.FromMilliseconds(200);
        var etag = await _app.DropAsync("retold/test.jsonl", Spec("retold", queue: false), Parity.Rows("retold", 200));
        await Eventually.TrueAsync(
            () => _app.Endpoint.Requests.Keys.Count(prompt => prompt.StartsWith("retold ", StringComparison.Ordinal)) > 4,
            "some samples are asked"
        );
        var runId = (await _app.RunsAsync("retold/test.jsonl")).Single().PartitionKey;
        using var http = _app.Http;
        using (var cancel = await http.PostAsync($"/api/evaluations/{runId}/cancel", content: null))
        {
            Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        }

        Assert.Equal("Cancelled", (await _app.EndedAsync("retold/test.jsonl", etag)).GetString("Status"));
        await Eventually.TrueAsync(() => !webhook.Received.IsEmpty, "the first notification was refused");
        _app.Endpoint.Latency = TimeSpan.Zero;

        using (var resume = await http.PostAsync($"/api/evaluations/{runId}/resume", content: null))
        {
            Assert.Equal(HttpStatusCode.Accepted, resume.StatusCode);
        }

        var run = await _app.EndedAsync("retold/test.jsonl", row => row.GetInt32("Resumptions") == 1);
        Assert.Equal(("Completed", 200L), (run.GetString("Status"), run.GetInt64("Samples")));
        await Eventually.TrueAsync(() => webhook.Received.Any(delivery => delivery.Id == $"{runId}-1"), "the second end is told as well");
    }

    /// <summary>What the queue tells of a run.</summary>
    private Task<IReadOnlyList<JsonNode>> ToldAsync(string runId) => _app.ToldAsync(message => (string?)message["data"]!["runId"] == runId);

    private static string Spec(string webhook, bool queue) =>
        $$"""
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"],
              "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] },
              "notify": { "webhook": "{{webhook}}", "queue": {{(queue ? "true" : "false")}} } }
            """;
}
