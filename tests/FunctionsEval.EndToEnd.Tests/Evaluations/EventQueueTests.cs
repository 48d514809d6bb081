using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Uploads that Event Grid tells of through a queue, for an app that it cannot call.</summary>
public sealed class EventQueueTests
{
    private const string Queue = "upload-events";

    /// <summary>What cannot be handled must neither stop the queue nor vanish, and its text must not reach the log.</summary>
    [Fact]
    public async Task Messages_of_created_blobs_start_their_runs_once_and_what_is_no_event_becomes_a_poison_message()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true"),
            ("EventGrid__Queue", Queue),
            ("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:00"),
            ("AzureFunctionsJobHost__extensions__queues__maxDequeueCount", "2")
        );
        app.Endpoint.Answer = Parity.Answer;
        var etag = await app.DropAsync("queued/test.jsonl", Parity.Spec, Parity.Rows("queued", 20));
        var queue = Open(app, Queue);
        await queue.CreateIfNotExistsAsync();

        const string Secret = "not an event: 7f3a-secret";
        await queue.SendMessageAsync(Secret);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await queue.SendMessageAsync(Event("queued/test.jsonl"));
        }

        await queue.SendMessageAsync(
            $$"""{ "specversion": "1.0", "id": "2", "source": "/s", "type": "Microsoft.Storage.BlobCreated", "subject": "{{Subject("queued/test.jsonl")}}" }"""
        );
        await queue.SendMessageAsync(Event("queued/evaluation.json"));

        var run = await app.EndedAsync("queued/test.jsonl", etag);
        Assert.Equal(("Completed", 20L), (run.GetString("Status"), run.GetInt64("Samples")));
        var poison = Open(app, $"{Queue}-poison");
        await Eventually.TrueAsync(
            () => poison.Exists() && poison.PeekMessage().Value?.Body.ToString() == Secret,
            "the message that is no event is kept"
        );
        await Eventually.TrueAsync(() => queue.GetProperties().Value.ApproximateMessagesCount == 0, "the queue is empty");
        Assert.Single(await app.RunsAsync("queued/test.jsonl"));
        Assert.Equal(20, app.Endpoint.Total);

        var log = string.Concat(await app.OutsideRunsAsync());
        Assert.Contains("could not be handled (attempt 2): A message contains something other than events", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
    }

    private static QueueClient Open(EvaluationApp app, string name) =>
        // Base64, as Event Grid writes and the host reads.
        new(app.Host.StorageConnectionString, name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    private static string Subject(string blob) => $"/blobServices/default/containers/datasets/blobs/{blob}";

    private static string Event(string blob) =>
        $$"""
            { "id": "1", "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a", "subject": "{{Subject(
                blob
            )}}",
              "eventType": "Microsoft.Storage.BlobCreated", "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "", "metadataVersion": "1",
              "data": { "api": "PutBlob", "url": "https://elsewhere.invalid/datasets/{{blob}}" } }
            """;
}
