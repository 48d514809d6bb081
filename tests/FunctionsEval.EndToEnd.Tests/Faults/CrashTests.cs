using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>The worker ended at chosen moments, found by the storage request that marks them.</summary>
public sealed class CrashTests(AppPool pool, ITestOutputHelper output)
{
    private const int Samples = 60;

    [Fact]
    public async Task Killed_between_the_last_append_and_the_reply_pays_nothing_again()
    {
        await using var app = await BorrowAsync(rowsPerShard: Samples); // Another shard would have calls of its own in flight.
        app.KillOnce(
            call => call is { Method: "PUT" } && call.Path.Contains(".state.json", StringComparison.Ordinal),
            StorageFault.Refused
        );

        var run = await RunAsync(app, "appended");

        Assert.Equal(Samples, app.Endpoint.Total);
        AssertComplete(run);
    }

    [Fact]
    public async Task Killed_while_the_summary_is_written_writes_the_same_one_again()
    {
        await using var app = await BorrowAsync();
        app.KillOnce(
            call => call is { Method: "PUT" } && call.Path.EndsWith("/summary.json", StringComparison.Ordinal),
            StorageFault.RefusedAfterCommit
        );

        var run = await RunAsync(app, "summarised");

        AssertComplete(run);
        Assert.Equal(Samples, app.Endpoint.Total);
        var calm = await RunAsync(app, "calm");
        AssertSameNumbers(await app.SummaryAsync(calm.PartitionKey), await app.SummaryAsync(run.PartitionKey));
    }

    [Fact]
    public async Task Killed_before_reserving_is_started_by_the_sweep()
    {
        await using var app = await BorrowAsync();
        app.KillOnce(call => call is { Method: "PUT" } && call.Path.EndsWith("/spec.json", StringComparison.Ordinal), StorageFault.Refused);

        var run = await RunAsync(app, "reserved");

        AssertComplete(run);
        Assert.Single(await app.RunsAsync("reserved/test.jsonl"));
        Assert.Equal(Samples, app.Endpoint.Total);
    }

    [Fact]
    public async Task Sample_that_kills_the_process_is_set_aside_after_three_tries_and_the_others_finish()
    {
        await using var app = await BorrowAsync();
        app.Endpoint.Seen = body =>
        {
            if ((string?)body["messages"]![0]!["content"] == "deadly 17")
            {
                app.KillWorkerAndItsLeases();
            }
        };

        var run = await RunAsync(app, "deadly");

        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Equal(
            (Samples - 1, 1L),
            (run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"), run.GetInt64("CandidateExhausted"))
        );
        Assert.Equal(3, app.Endpoint.Requests["deadly 17"]);
        var set = (await app.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Single(sample => (string?)sample["candidate"]!["outcome"] == "exhausted");
        Assert.Equal("n17", (string?)set["id"]);
        Assert.StartsWith("process_ended", (string?)set["candidate"]!["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hosts_share_a_run_and_no_sample_is_paid_twice()
    {
        var samples = 600;
        await using var app = await EvaluationApp.StartAsync(
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        await using var second = await app.StartSecondHostAsync();
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(50);

        var run = await app.EvaluateAsync("shared/test.jsonl", Parity.Spec, Parity.Rows("shared", samples));

        Assert.Equal(("Completed", (long?)samples), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.Equal(samples, app.Endpoint.Total);
        Assert.Single(await app.RunsAsync("shared/test.jsonl"));
    }

    [Fact]
    public async Task Host_killed_mid_run_and_started_again_goes_on_where_it_was()
    {
        var samples = 300;
        using var directory = new TemporaryDirectory();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        endpoint.Answer = Parity.Answer;
        using var gate = endpoint.HoldAfter(samples / 3);
        string[] settings =
        [
            "--set",
            "Models__recorded__Provider=OpenAICompatible",
            "--set",
            $"Models__recorded__Endpoint={endpoint.Endpoint}",
            "--set",
            "Models__recorded__Deployment=recorded",
            "--set",
            "AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout=00:00:05",
        ];
        using (var first = HostProcess.Start(directory.Path, settings))
        {
            var instance = await first.ReadyAsync();
            var datasets = new Azure.Storage.Blobs.BlobContainerClient(instance.StorageConnectionString, "datasets");
            await datasets.GetBlobClient("killed/evaluation.json").UploadAsync(BinaryData.FromString(Parity.Spec));
            await datasets
                .GetBlobClient("killed/test.jsonl")
                .UploadAsync(BinaryData.FromString(string.Join('\n', Parity.Rows("killed", samples))));
            await gate.ReachedAsync();
            await ShardLogs.HoldAsync(new Azure.Storage.Blobs.BlobServiceClient(instance.StorageConnectionString), samples / 3);
            first.Kill();
            await first.EndedAsync();
            await Eventually.EndedAsync(instance.WorkerPid, "the worker");
        }

        gate.Open();
        using var second = HostProcess.Start(directory.Path, settings);
        var again = await second.ReadyAsync();
        var runs = new Azure.Data.Tables.TableClient(again.StorageConnectionString, "EvaluationRuns");
        await Eventually.TrueAsync(
            () => runs.Query<Azure.Data.Tables.TableEntity>("RowKey eq 'run' and Status eq 'Completed'").Any(),
            "the run has completed"
        );

        var run = runs.Query<Azure.Data.Tables.TableEntity>("RowKey eq 'run'").Single();
        Assert.Equal(samples, run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"));
        output.WriteLine($"{endpoint.Total} requests for {samples} samples");
        Assert.InRange(endpoint.Total, samples, samples + RecordingEndpoint.MaxInFlight);
        await second.TerminateAsync();
        await second.EndedAsync();
    }

    private async Task<EvaluationApp> BorrowAsync(int rowsPerShard = 30)
    {
        var app = await EvaluationApp.BorrowAsync(
            pool,
            withProxy: true,
            ("Evaluation__MinRowsPerShard", $"{rowsPerShard}"),
            ("Evaluation__MaxRowsPerShard", $"{rowsPerShard}")
        );
        app.Endpoint.Answer = Parity.Answer;
        return app;
    }

    private static async Task<Azure.Data.Tables.TableEntity> RunAsync(EvaluationApp app, string suite)
    {
        app.Endpoint.Forget();
        var etag = await app.DropAsync($"{suite}/test.jsonl", Parity.Spec, Parity.Rows(suite, Samples));
        return await app.EndedAsync($"{suite}/test.jsonl", etag);
    }

    private static void AssertComplete(Azure.Data.Tables.TableEntity run) =>
        Assert.Equal(
            ("Completed", (long?)Samples, (long?)Samples),
            (run.GetString("Status"), run.GetInt64("Samples"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );

    private static void AssertSameNumbers(JsonObject expected, JsonObject actual)
    {
        foreach (var part in new[] { "outcomes", "coverage", "usage", "metrics", "confusionMatrices", "verdict" })
        {
            Assert.Equal(expected[part]!.ToJsonString(), actual[part]!.ToJsonString());
        }
    }
}
