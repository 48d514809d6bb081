using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>
/// Random walks over all that users do and all that breaks, for as many seconds as <c>FUNCTIONSEVAL_WALK_SECONDS</c> says (60). A walk is
/// cut
/// into legs, and leg n is drawn from <c>FUNCTIONSEVAL_WALK_SEED</c> + n: what failed in one is repeated by its own seed and
/// <c>FUNCTIONSEVAL_WALK_SECONDS=1</c>. When a leg's faults are over every run must end, and end right: see <see cref="WalkOracle"/>.
/// </summary>
public sealed class WalkTests(ITestOutputHelper output)
{
    /// <summary>Calls at once to each model.</summary>
    public const int Concurrency = 4;

    /// <summary>Rows of a shard.</summary>
    public const int RowsPerShard = 25;

    /// <summary>How long a step waits for the storage requests after which the next one comes, where nothing is under way.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    /// <summary>How often a client repeats what is answered with 5xx, a second apart.</summary>
    private const int Repetitions = 60;

    [Fact]
    public async Task Random_walk_ends_every_run_and_ends_it_right()
    {
        var (seconds, seed) = (Setting("FUNCTIONSEVAL_WALK_SECONDS", 60), Setting("FUNCTIONSEVAL_WALK_SEED", 20260101));
        output.WriteLine($"FUNCTIONSEVAL_WALK_SEED={seed}");
        await using var app = await EvaluationApp.StartAsync(
            withProxy: true,
            ("Evaluation__MinRowsPerShard", $"{RowsPerShard}"),
            ("Evaluation__MaxRowsPerShard", $"{RowsPerShard}"),
            ("Models__recorded__MaxConcurrency", $"{Concurrency}"),
            ("Models__recorded-base__MaxConcurrency", $"{Concurrency}"),
            ("ModelCalls__BaseDelay", "00:00:00.050"),
            ("ModelCalls__MaxOutage", "00:00:20"),
            // As infra/ sets it, where Event Grid tells of uploads: what a dead starter leaves is found by what runs in every deployment.
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true"),
            // It would start, and pay for, what earlier legs uploaded and did not start.
            ("AzureWebJobs.ReconcileDatasets.Disabled", "true"),
            ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout", "00:00:05")
        );
        app.Endpoint.Answer = Parity.Answer;
        var oracle = new WalkOracle(app);

        var walked = Stopwatch.StartNew();
        for (var number = 0; number == 0 || walked.Elapsed.TotalSeconds < seconds; number++)
        {
            var leg = WalkLeg.Draw(seed + number);
            output.WriteLine($"{walked.Elapsed:mm\\:ss} {leg}");
            await WalkAsync(app, leg, oracle);
        }

        await oracle.AssertNothingChangedAsync();
        await oracle.AssertNothingLeakedAsync();
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : fallback;

    private async Task WalkAsync(EvaluationApp app, WalkLeg leg, WalkOracle oracle)
    {
        WalkDataset[] datasets = [.. Enumerable.Range(0, WalkLeg.Datasets).Select(number => new WalkDataset(leg.Seed, number))];
        app.Endpoint.Forget();
        app.Endpoint.Latency = leg.Latency;
        using var harms = new ThreadLocal<Random>(() => new Random(leg.Seed));
        app.Endpoint.Harm =
            leg.Harmed == 0
                ? null
                : prompt =>
                    app.Endpoint.Requests[prompt] <= 2 && harms.Value!.Next(100) < leg.Harmed
                        ? (Damage)(1 + harms.Value.Next((int)Damage.Truncated))
                        : Damage.None;
        using var faults = new WalkFaults(app);
        foreach (var step in leg.Steps)
        {
            await TakeAsync(app, step, datasets[step.Dataset], faults);
            await PauseAsync(app, step.Pause);
        }

        await faults.EndAsync();

        await oracle.AssertEndedRightAsync(datasets, faults);
        // What did not complete for want of the endpoint, or of the user's patience, completes now.
        foreach (var dataset in datasets)
        {
            foreach (
                var run in (await app.RunsAsync(dataset.Name)).Where(run =>
                    run.GetString("Status") != "Completed" && run.GetString("DatasetETag") == dataset.ETag
                )
            )
            {
                if (await PostAsync(app, $"evaluations/{run.PartitionKey}/resume", null) == HttpStatusCode.Accepted)
                {
                    await app.EndedAsync(
                        dataset.Name,
                        row => row.PartitionKey == run.PartitionKey && row.GetString("Status") == "Completed"
                    );
                }
            }
        }

        await oracle.AssertEndedRightAsync(datasets, faults);
        output.WriteLine(
            $"      {app.Endpoint.Paid} answers paid; {string.Join(", ", (await oracle.RunsAsync(datasets)).Select(run => $"{run.GetString("Status")} {run.GetString("ErrorCode")}".Trim()))}"
        );
    }

    private static async Task TakeAsync(EvaluationApp app, WalkStep step, WalkDataset dataset, WalkFaults faults)
    {
        switch (step.Act)
        {
            case WalkAct.UploadNew:
                await dataset.UploadAsync(app, step.Amount);
                break;
            case WalkAct.UploadSame when dataset.Rows > 0:
                await dataset.UploadAsync(app, newRows: null);
                break;
            case WalkAct.Start when dataset.Rows > 0:
                Assert.True(
                    await PostAsync(app, "evaluations", new { dataset = dataset.Name }) is HttpStatusCode.Accepted or HttpStatusCode.OK
                );
                dataset.IsStarted = true;
                break;
            case WalkAct.SendEvent when dataset.Rows > 0:
                Assert.Equal(HttpStatusCode.Accepted, await PostAsync(app, "webhooks/eventgrid", Event(dataset.Name)));
                dataset.IsStarted = true;
                break;
            case WalkAct.Cancel or WalkAct.Resume:
                foreach (var run in await app.RunsAsync(dataset.Name))
                {
                    await PostAsync(app, $"evaluations/{run.PartitionKey}/{(step.Act == WalkAct.Cancel ? "cancel" : "resume")}", null);
                }

                break;
            case WalkAct.DeleteRows or WalkAct.DeleteRowsAndBlobs:
                await ForgetAsync(app, dataset, withBlobs: step.Act == WalkAct.DeleteRowsAndBlobs);
                break;
            case WalkAct.KillWorker or WalkAct.FailStorageRequest:
                faults.Plan(step);
                break;
            case WalkAct.RestartHost:
                await faults.RestartHostAsync();
                break;
            case WalkAct.KillSecondHost or WalkAct.StopSecondHost:
                if (!await faults.TryStartSecondHostAsync())
                {
                    await faults.EndSecondHostAsync(kills: step.Act == WalkAct.KillSecondHost);
                }

                break;
            case WalkAct.StorageOutage:
                faults.StopStorage(step);
                break;
            case WalkAct.EndpointOutage or WalkAct.ConnectionsRefused:
                await faults.StopEndpointAsync(step);
                break;
        }
    }

    /// <summary>Deletes what has ended, as docs/operations.md says that a user may.</summary>
    private static async Task ForgetAsync(EvaluationApp app, WalkDataset dataset, bool withBlobs)
    {
        foreach (var run in (await app.RunsAsync(dataset.Name)).Where(WalkOracle.HasEnded))
        {
            dataset.Owe(run, deletions: withBlobs ? 1 : 0);
            dataset.IsStarted = false;
            foreach (var name in new[] { "EvaluationRuns", "EvaluationMetrics" })
            {
                var table = app.Tables.GetTableClient(name);
                await foreach (var row in table.QueryAsync<TableEntity>(row => row.PartitionKey == run.PartitionKey))
                {
                    await table.DeleteEntityAsync(row);
                }
            }

            var runs = app.Blobs.GetBlobContainerClient("runs");
            if (!withBlobs)
            {
                continue;
            }

            await foreach (
                var blob in runs.GetBlobsAsync(
                    Azure.Storage.Blobs.Models.BlobTraits.None,
                    Azure.Storage.Blobs.Models.BlobStates.None,
                    run.PartitionKey + "/",
                    default
                )
            )
            {
                await runs.DeleteBlobIfExistsAsync(blob.Name);
            }
        }
    }

    /// <summary>Waits until the storage has seen so many requests more: time as the app knows it, whatever the machine's speed.</summary>
    private static async Task PauseAsync(EvaluationApp app, int requests)
    {
        var (until, waited) = (app.Storage.Total + requests, Stopwatch.StartNew());
        while (app.Storage.Total < until && waited.Elapsed < MaxPause)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a request as a client does that tries again while the app is away.</summary>
    private static async Task<HttpStatusCode> PostAsync(EvaluationApp app, string path, object? body)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var http = app.Http;
                using var answer = await http.PostAsync(
                    $"/api/{path}",
                    body is null ? null : JsonContent.Create(body),
                    TestContext.Current.CancellationToken
                );
                if ((int)answer.StatusCode < 500)
                {
                    return answer.StatusCode;
                }

                Assert.True(attempt < Repetitions, $"POST {path} is answered with {(int)answer.StatusCode}, however often it is sent.");
            }
            catch (HttpRequestException) when (attempt < Repetitions)
            {
                // The worker was just killed.
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
    }

    private static JsonNode Event(string dataset) =>
        JsonNode.Parse(
            $$"""
            [ { "id": "1", "topic": "/t", "subject": "/blobServices/default/containers/datasets/blobs/{{dataset}}", "eventType": "Microsoft.Storage.BlobCreated",
                "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "", "metadataVersion": "1", "data": { "api": "PutBlob" } } ]
            """
        )!;
}
