using System.Net;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Uploads that Event Grid tells of instead of a scan, and what is made of specs that come or change later.</summary>
public sealed class UploadTests(AppPool pool)
{
    [Fact]
    public async Task Event_of_a_created_blob_starts_its_run_without_polling_once_however_often_it_is_delivered()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true")
        );
        app.Endpoint.Answer = Parity.Answer;
        var etag = await app.DropAsync("pushed/test.jsonl", Parity.Spec, Parity.Rows("pushed", 20));

        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(async _ => Assert.Equal(HttpStatusCode.Accepted, await SendAsync(app, "pushed/test.jsonl")))
        );
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(app, "pushed/evaluation.json"));

        Assert.Equal(
            ("Completed", 20L),
            (await app.EndedAsync("pushed/test.jsonl", etag)) is var run ? (run.GetString("Status"), run.GetInt64("Samples")) : default
        );
        Assert.Single(await app.RunsAsync("pushed/test.jsonl"));
        Assert.Equal(20, app.Endpoint.Total);
    }

    /// <summary>As on Flex Consumption, where nothing polls: the spec's own event is all that tells of it.</summary>
    [Fact]
    public async Task Event_of_a_spec_starts_the_datasets_beside_it_that_were_refused_without_one_and_each_once()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true")
        );
        app.Endpoint.Answer = Parity.Answer;
        string[] datasets = ["pushed/a.jsonl", "pushed/below/b.jsonl"];
        foreach (var dataset in datasets)
        {
            var etag = await app.DropAsync(dataset, null, Parity.Rows(dataset, 10));
            Assert.Equal(HttpStatusCode.Accepted, await SendAsync(app, dataset));
            Assert.Equal("no_spec", (await app.EndedAsync(dataset, etag)).GetString("ErrorCode"));
        }

        await app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient("pushed/evaluation.json")
            .UploadAsync(BinaryData.FromString(Parity.Spec));
        await Task.WhenAll(
            Enumerable.Range(0, 10).Select(async _ => Assert.Equal(HttpStatusCode.Accepted, await SendAsync(app, "pushed/evaluation.json")))
        );

        foreach (var dataset in datasets)
        {
            Assert.Equal("Completed", (await app.EndedAsync(dataset, row => row.GetString("ErrorCode") is null)).GetString("Status"));
            Assert.Equal(2, (await app.RunsAsync(dataset)).Count);
        }

        Assert.Equal(20, app.Endpoint.Total);
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(app, "pushed/evaluation.json"));
        Assert.Equal(2, (await app.RunsAsync("pushed/a.jsonl")).Count);
    }

    [Fact]
    public async Task Spec_that_comes_after_its_dataset_is_applied_and_one_that_changes_later_starts_nothing()
    {
        await using var app = await EvaluationApp.BorrowAsync(pool);
        app.Endpoint.Answer = Parity.Answer;
        var etag = await app.DropAsync("late/test.jsonl", null, Parity.Rows("late", 10));
        Assert.Equal("no_spec", (await app.EndedAsync("late/test.jsonl", etag)).GetString("ErrorCode"));

        var datasets = app.Blobs.GetBlobContainerClient("datasets");
        await datasets.GetBlobClient("late/evaluation.json").UploadAsync(BinaryData.FromString(Parity.Spec));
        Assert.Equal("Completed", (await app.EndedAsync("late/test.jsonl", row => row.GetString("ErrorCode") is null)).GetString("Status"));

        await datasets
            .GetBlobClient("late/evaluation.json")
            .UploadAsync(BinaryData.FromString(Parity.Spec.Replace("0.75", "0.7", StringComparison.Ordinal)), overwrite: true);
        // A later upload is started by a later sweep, which has looked at this one as well.
        var next = await app.DropAsync("next/test.jsonl", null, Parity.Rows("next", 5));
        await app.EndedAsync("next/test.jsonl", next);
        await datasets.GetBlobClient("next/evaluation.json").UploadAsync(BinaryData.FromString(Parity.Spec));
        await app.EndedAsync("next/test.jsonl", row => row.GetString("ErrorCode") is null);
        Assert.Equal(2, (await app.RunsAsync("late/test.jsonl")).Count);
        Assert.Equal(15, app.Endpoint.Total);
    }

    private static async Task<HttpStatusCode> SendAsync(EvaluationApp app, string blob)
    {
        using var http = app.Http;
        using var content = new StringContent(
            $$"""
            [ { "id": "1", "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a", "subject": "/blobServices/default/containers/datasets/blobs/{{blob}}",
                "eventType": "Microsoft.Storage.BlobCreated", "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "", "metadataVersion": "1",
                "data": { "api": "PutBlob", "url": "https://elsewhere.invalid/datasets/{{blob}}" } } ]
            """,
            Encoding.UTF8,
            "application/json"
        );
        using var response = await http.PostAsync("/api/webhooks/eventgrid", content);
        return response.StatusCode;
    }
}
