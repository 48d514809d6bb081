using System.Text;
using FunctionsEval.Core.Tests.Fuzzing;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Triggers.Events;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Triggers.Events;

public sealed class EventGridWebhookTests
{
    private const string Created = """
        [{ "id": "1", "topic": "/t", "subject": "/blobServices/default/containers/datasets/blobs/a/b.jsonl", "eventType": "Microsoft.Storage.BlobCreated",
           "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "1", "data": { "validationCode": "c" } }]
        """;

    /// <summary>The documented answers (docs/openapi.json): 202 for events, 400 invalid_body for what is none.</summary>
    [Theory]
    [InlineData("[null]", 400)]
    [InlineData("null", 400)]
    [InlineData("[[]]", 400)]
    [InlineData("[1]", 400)]
    [InlineData("\"text\"", 400)]
    [InlineData("{}", 400)]
    [InlineData("[{}]", 400)]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("""[{ "eventType": null }]""", 400)]
    [InlineData("""[{ "eventType": 5 }]""", 400)]
    [InlineData("""[{ "eventType": "\ud800" }]""", 400)]
    [InlineData("""[{ "eventType": "x", "subject": 5 }]""", 400)]
    [InlineData("""[{ "eventType": "x", "subject": {} }]""", 400)]
    [InlineData("""[{ "eventType": "x" }, null]""", 400)]
    [InlineData("""[]""", 202)]
    [InlineData("""[{ "eventType": "x" }]""", 202)]
    [InlineData("""[{ "eventType": "x", "subject": null, "data": null }]""", 202)]
    [InlineData("""{ "eventType": "x\n", "subject": "" }""", 202)]
    [InlineData("""[{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": null }]""", 202)]
    [InlineData("""[{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": [] }]""", 202)]
    [InlineData("""[{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": { "validationCode": 5 } }]""", 202)]
    [InlineData("""[{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": { "validationCode": "5" } }]""", 200)]
    [InlineData("""[{ "eventType": "Microsoft.Storage.BlobCreated" }]""", 202)]
    [InlineData(
        """[{ "eventType": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/datasets/blobs/" }]""",
        202
    )]
    [InlineData(
        """[{ "eventType": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/datasets/blobs/../runs/ev-1/samples.jsonl" }]""",
        202
    )]
    [InlineData(
        """[{ "eventType": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/datasets/blobs//x.jsonl" }]""",
        202
    )]
    [InlineData(
        """[{ "eventType": "Microsoft.Storage.BlobCreated", "subject": "/blobServices/default/containers/datasets/blobs/a\\b\u0000.jsonl" }]""",
        202
    )]
    public async Task Odd_body_is_answered_as_documented(string body, int expected) =>
        Assert.Equal(expected, await AnswerAsync(Encoding.UTF8.GetBytes(body), "application/json"));

    [Theory]
    [InlineData("""{ "type": "x" }""", 202)]
    [InlineData("""[{ "type": "x", "subject": "s" }]""", 202)]
    [InlineData("""[null]""", 400)]
    [InlineData("""{ "type": [] }""", 400)]
    public async Task Odd_cloud_event_is_answered_as_documented(string body, int expected) =>
        Assert.Equal(expected, await AnswerAsync(Encoding.UTF8.GetBytes(body), "application/cloudevents+json"));

    [Theory]
    [InlineData(null, 400)]
    [InlineData("", 400)]
    [InlineData("eventgrid.azure.net", 200)]
    [InlineData("é", 400)]
    public async Task Handshake_of_cloud_events_answers_only_what_a_header_can_hold(string? origin, int expected)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "OPTIONS";
        if (origin is not null)
        {
            request.Headers["WebHook-Request-Origin"] = origin;
        }

        Assert.Equal(expected, StatusOf(await Webhook().RunAsync(request, durable: null!, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Any_body_is_read_or_refused() =>
        Fuzz.Run(
            3_000,
            8 << 20,
            random =>
            {
                var body = Fuzz.Mutated(
                    random,
                    Encoding.UTF8.GetBytes(Created),
                    "null",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    "\"",
                    "5",
                    "\\ud800",
                    "\\u0000",
                    "Microsoft.EventGrid.SubscriptionValidationEvent",
                    "..",
                    "\"type\":"
                );
                var headers = new HeaderDictionary();
                if (random.Next(8) == 0)
                {
                    headers["ce-type"] = "x";
                }

                _ = ReceivedEvent.Read(body, random.Next(2) == 0 ? "application/json" : "application/cloudevents+json", headers);
                _ = OpenAIWebhook.JobEvent.TryRead(body, out _);
            }
        );

    [Fact]
    public void Any_signed_body_is_an_event_or_none() =>
        Fuzz.Run(
            3_000,
            8 << 20,
            random =>
            {
                var body = Fuzz.Mutated(
                    random,
                    """{"type":"fine_tuning.job.succeeded","data":{"id":"ftjob-1"},"created_at":1}"""u8,
                    "null",
                    "[",
                    "]",
                    "{",
                    "}",
                    "\"",
                    "5",
                    "\\ud800",
                    "\\u0000",
                    ",\"data\":null"
                );
                if (OpenAIWebhook.JobEvent.TryRead(body, out var read) && FineTuningJobs.IsJobId(read?.Data?.Id))
                {
                    Assert.Matches(@"\A[A-Za-z0-9_-]{1,100}\z", read!.Data!.Id!);
                }
            }
        );

    private static async Task<int?> AnswerAsync(byte[] body, string type)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.ContentType, request.ContentLength, request.Body) = ("POST", type, body.Length, new MemoryStream(body));
        return StatusOf(await Webhook().RunAsync(request, durable: null!, TestContext.Current.CancellationToken));
    }

    private static int? StatusOf(IResult answer) => Assert.IsType<IStatusCodeHttpResult>(answer, exactMatch: false).StatusCode;

    private static EventGridWebhook Webhook() => new(NoEvents.Create());
}
