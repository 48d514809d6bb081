using System.Net;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Starts;

/// <summary>An app in which no upload starts anything; its reconcilers run when a test says so, and in their own time.</summary>
public sealed class ReconciledApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(
            withProxy: true,
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class ReconcilerTests(ReconciledApp shared) : IClassFixture<ReconciledApp>
{
    private readonly EvaluationApp _app = shared.App;

    /// <summary>The spec came with the request: nobody else knows it.</summary>
    [Fact]
    public async Task Run_of_a_starter_that_died_goes_on_although_nobody_asks_again()
    {
        await _app.DropAsync("left/test.jsonl", null, Parity.Rows("left", 20));
        _app.DieAfterReserving();
        using var http = _app.Http;
        using (
            var request = new StringContent(
                $$"""{ "dataset": "left/test.jsonl", "spec": {{Parity.Spec}} }""",
                Encoding.UTF8,
                "application/json"
            )
        )
        using (var answer = await http.PostAsync("/api/evaluations", request))
        {
            Assert.False(answer.IsSuccessStatusCode);
        }

        await _app.RunTimerAsync("ReconcileRuns");

        var run = await _app.EndedAsync("left/test.jsonl", row => true);
        Assert.Equal(("Completed", 20L), (run.GetString("Status"), run.GetInt64("Samples")));
        using var list = await http.GetAsync("/api/evaluations?dataset=left/test.jsonl");
        Assert.Contains(run.PartitionKey, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_whose_orchestration_was_terminated_fails_and_is_resumed()
    {
        var runId = await RunningAsync("terminated");
        await _app.Orchestrations.ForceTerminateTaskOrchestrationAsync(runId, "test");
        await _app.OrchestrationEndedAsync(runId);

        await _app.RunTimerAsync("ReconcileRuns");

        var run = await _app.EndedAsync("terminated/test.jsonl", row => true);
        Assert.Equal(("Failed", "internal_error"), (run.GetString("Status"), run.GetString("ErrorCode")));
        _app.Endpoint.Latency = TimeSpan.Zero;
        Assert.Equal(HttpStatusCode.Accepted, await _app.PostRunAsync($"{runId}/resume"));
        run = await _app.EndedAsync("terminated/test.jsonl", row => row.GetString("Status") == "Completed");
        Assert.Equal(200, run.GetInt64("Samples"));
    }

    [Fact]
    public async Task Run_whose_history_is_lost_goes_on_from_its_row_logs()
    {
        var runId = await RunningAsync("lost");
        await _app.Orchestrations.ForceTerminateTaskOrchestrationAsync(runId, "test");
        await _app.OrchestrationEndedAsync(runId);
        Assert.Equal(1, (await _app.Orchestrations.PurgeInstanceHistoryAsync(runId)).InstancesDeleted);
        _app.Endpoint.Latency = TimeSpan.Zero;

        await _app.RunTimerAsync("ReconcileRuns");

        var run = await _app.EndedAsync("lost/test.jsonl", row => true);
        Assert.Equal(("Completed", 200L), (run.GetString("Status"), run.GetInt64("Samples")));
    }

    [Fact]
    public async Task Dataset_is_started_once_although_no_event_told_of_it_or_of_its_spec()
    {
        await _app.DropAsync("untold/test.jsonl", Parity.Spec, Parity.Rows("untold", 20));
        await _app.DropAsync("nospec/test.jsonl", null, Parity.Rows("nospec", 20));
        await _app.TellOfBlobAsync("nospec/test.jsonl");
        await _app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient("nospec/evaluation.json")
            .UploadAsync(BinaryData.FromString(Parity.Spec));

        await _app.RunTimerAsync("ReconcileDatasets");
        await _app.RunTimerAsync("ReconcileDatasets");

        Assert.Equal("Completed", (await _app.EndedAsync("untold/test.jsonl", row => true)).GetString("Status"));
        Assert.Single(await _app.RunsAsync("untold/test.jsonl"));
        await _app.EndedAsync("nospec/test.jsonl", row => row.GetString("ErrorCode") is null);
        await _app.RunTimerAsync("ReconcileDatasets");
        Assert.Equal(
            ["Completed", "Failed: no_spec"],
            (await _app.RunsAsync("nospec/test.jsonl"))
                .Select(row => row.GetString("ErrorCode") is { } code ? $"{row.GetString("Status")}: {code}" : row.GetString("Status"))
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>A run that is half way through 200 samples.</summary>
    private async Task<string> RunningAsync(string suite)
    {
        _app.Endpoint.Latency = TimeSpan.FromMilliseconds(200);
        await _app.DropAsync($"{suite}/test.jsonl", Parity.Spec, Parity.Rows(suite, 200));
        await _app.TellOfBlobAsync($"{suite}/test.jsonl");
        await Eventually.TrueAsync(
            () => _app.Endpoint.Requests.Keys.Any(prompt => prompt.StartsWith(suite + " ", StringComparison.Ordinal)),
            "some samples are asked"
        );
        return Assert.Single(await _app.RunsAsync($"{suite}/test.jsonl"), row => row.GetString("Status") == "Running").PartitionKey;
    }
}
