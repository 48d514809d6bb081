using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandardWebhooks;

namespace FunctionsEval.EndToEnd.Tests.Notifications;

/// <summary>The app with two webhooks, verified by the package StandardWebhooks, another implementation of the signature.</summary>
public sealed class NotificationTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    [Fact]
    public async Task End_of_a_run_is_told_to_webhook_and_queue_signed_and_until_it_is_taken()
    {
        await using var receiver = await Receiver.StartAsync(refusals: 2);
        await using var app = await EvaluationApp.StartAsync(
            ("Notifications__Webhooks__ci__Url", receiver.Address.ToString()),
            ("Notifications__Webhooks__ci__Secret", Secret)
        );
        app.Endpoint.Answer = Parity.Answer;

        var run = await app.EvaluateAsync("told/test.jsonl", Spec("ci", queue: true), Parity.Rows("told", 20));
        await Eventually.TrueAsync(() => receiver.Received.Count == 3, "the webhook was tried three times");
        var ids = receiver.Received.Select(delivery => delivery.Id).ToList();
        Assert.Equal([$"{run.PartitionKey}-0"], ids.Distinct());
        var body = JsonNode.Parse(receiver.Received.Last().Body)!;
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

        var queue = new QueueClient(
            app.Host.StorageConnectionString,
            "evaluation-verdicts",
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
        );
        await Eventually.TrueAsync(() => queue.Exists() && queue.PeekMessage().Value is not null, "the message is in the queue");
        var message = JsonNode.Parse((await queue.ReceiveMessageAsync()).Value.Body.ToString())!;
        Assert.Equal(body["data"]!.ToJsonString(), message["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Webhook_that_refuses_for_good_is_tried_once_and_changes_nothing_and_an_unknown_one_is_refused_in_the_spec()
    {
        await using var receiver = await Receiver.StartAsync(refusals: int.MaxValue, status: 410);
        await using var app = await EvaluationApp.StartAsync(
            ("Notifications__Webhooks__ci__Url", receiver.Address.ToString()),
            ("Notifications__Webhooks__ci__Secret", Secret)
        );
        app.Endpoint.Answer = Parity.Answer;

        var etag = await app.DropAsync("gone/test.jsonl", Spec("ci", queue: true), Parity.Rows("gone", 20));
        Assert.Equal("Completed", (await app.EndedAsync("gone/test.jsonl", etag)).GetString("Status"));
        // The queue comes after the webhook: once its message is there, the webhook was not tried again.
        var queue = new QueueClient(app.Host.StorageConnectionString, "evaluation-verdicts");
        await Eventually.TrueAsync(() => queue.Exists() && queue.PeekMessage().Value is not null, "the message is in the queue");
        Assert.Single(receiver.Received);

        var unknown = await app.EndedAsync(
            "unknown/test.jsonl",
            await app.DropAsync("unknown/test.jsonl", Spec("cd", queue: false), Parity.Rows("unknown", 5))
        );
        Assert.Equal("invalid_spec", unknown.GetString("ErrorCode"));
        Assert.Contains("Notifications__Webhooks__cd__Url", unknown.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notification_that_is_repeated_stays_that_of_its_end_although_the_run_goes_on_meanwhile()
    {
        await using var receiver = await Receiver.StartAsync(refusals: 2);
        await using var app = await EvaluationApp.StartAsync(
            ("Notifications__Webhooks__ci__Url", receiver.Address.ToString()),
            ("Notifications__Webhooks__ci__Secret", Secret)
        );
        app.Endpoint.Answer = Parity.Answer;

        var run = await app.EvaluateAsync("goes-on/test.jsonl", Spec("ci", queue: true), Parity.Rows("goes-on", 20));
        await Eventually.TrueAsync(() => !receiver.Received.IsEmpty, "the webhook was tried");
        // What resume does to the row. Whoever meets the run then goes on with it, and it ends once more.
        run.Remove("Verdict");
        run.Remove("VerdictReasons");
        run["Status"] = "Pending";
        run["Resumptions"] = 1;
        await app.Tables.GetTableClient("EvaluationRuns").UpdateEntityAsync(run, Azure.ETag.All, Azure.Data.Tables.TableUpdateMode.Replace);

        var id = $"{run.PartitionKey}-0";
        await Eventually.TrueAsync(() => receiver.Received.Count(received => received.Id == id) > 1, "the webhook was tried again");
        var delivery = Assert.Single(receiver.Received.Where(received => received.Id == id).Distinct());
        Assert.Equal(
            ("evaluation.completed", "pass"),
            ((string?)JsonNode.Parse(delivery.Body)!["type"], (string?)JsonNode.Parse(delivery.Body)!["data"]!["verdict"])
        );
        var queue = new QueueClient(
            app.Host.StorageConnectionString,
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
        await using var receiver = await Receiver.StartAsync(refusals: int.MaxValue);
        await using var app = await EvaluationApp.StartAsync(
            ("Notifications__Webhooks__ci__Url", receiver.Address.ToString()),
            ("Notifications__Webhooks__ci__Secret", Secret),
            ("Models__recorded__MaxConcurrency", "4")
        );
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(200);
        var etag = await app.DropAsync("retold/test.jsonl", Spec("ci", queue: false), Parity.Rows("retold", 200));
        await Eventually.TrueAsync(() => app.Endpoint.Total > 4, "some samples are asked");
        var runId = (await app.RunsAsync("retold/test.jsonl")).Single().PartitionKey;
        using var http = app.Http;
        using (var cancel = await http.PostAsync($"/api/evaluations/{runId}/cancel", content: null))
        {
            Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        }

        Assert.Equal("Cancelled", (await app.EndedAsync("retold/test.jsonl", etag)).GetString("Status"));
        await Eventually.TrueAsync(() => !receiver.Received.IsEmpty, "the first notification was refused");
        app.Endpoint.Latency = TimeSpan.Zero;

        using (var resume = await http.PostAsync($"/api/evaluations/{runId}/resume", content: null))
        {
            Assert.Equal(HttpStatusCode.Accepted, resume.StatusCode);
        }

        var run = await app.EndedAsync("retold/test.jsonl", row => row.GetInt32("Resumptions") == 1);
        Assert.Equal(("Completed", 200L), (run.GetString("Status"), run.GetInt64("Samples")));
        await Eventually.TrueAsync(() => receiver.Received.Any(delivery => delivery.Id == $"{runId}-1"), "the second end is told as well");
    }

    private static string Spec(string webhook, bool queue) =>
        $$"""
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"],
              "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] },
              "notify": { "webhook": "{{webhook}}", "queue": {{(queue ? "true" : "false")}} } }
            """;

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Receiver(WebApplication app) => _app = app;

        public Uri Address => new(new Uri(_app.Urls.First()), "/verdicts");

        /// <summary>Deliveries whose signature is right.</summary>
        public ConcurrentQueue<(string Id, string Body)> Received { get; } = new();

        public static async Task<Receiver> StartAsync(int refusals, int status = 503)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new Receiver(app);
            var verifier = new StandardWebhook(Secret);
            app.MapPost(
                "/verdicts",
                async (HttpRequest request) =>
                {
                    using var reader = new StreamReader(request.Body);
                    var body = await reader.ReadToEndAsync();
                    verifier.Verify(body, request.Headers); // Throws, which is a 500, when the signature is wrong.
                    receiver.Received.Enqueue((request.Headers["webhook-id"].ToString(), body));
                    return Results.StatusCode(receiver.Received.Count <= refusals ? status : 204);
                }
            );
            await app.StartAsync();
            return receiver;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
