using System.Net;
using System.Net.Http.Json;
using System.Text;
using Azure.Data.Tables;
using DurableTask.Core;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Starts;

/// <summary>An app that starts and finishes nothing by itself: what goes on, goes on by what a test asks for.</summary>
public sealed class QuietApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(withProxy: true, EvaluationApp.WithoutTimers);
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Starters that die between reserving a run and scheduling it, without a timer that would finish their work.</summary>
public sealed class StartTests(QuietApp shared) : IClassFixture<QuietApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Event_that_is_delivered_again_has_the_run_of_a_starter_that_died_go_on()
    {
        var etag = await _app.DropAsync("redelivered/test.jsonl", Parity.Spec, Parity.Rows("redelivered", 20));
        _app.DieAfterReserving();
        Assert.NotEqual(HttpStatusCode.Accepted, await _app.TellOfBlobAsync("redelivered/test.jsonl"));
        Assert.Equal("Pending", Assert.Single(await _app.RunsAsync("redelivered/test.jsonl")).GetString("Status"));

        Assert.Equal(HttpStatusCode.Accepted, await _app.TellOfBlobAsync("redelivered/test.jsonl"));

        Assert.Equal("Completed", (await _app.EndedAsync("redelivered/test.jsonl", etag)).GetString("Status"));
        Assert.Equal(20, Paid("redelivered"));
    }

    [Fact]
    public async Task Same_bytes_uploaded_again_have_a_pending_run_without_an_orchestration_go_on()
    {
        await _app.DropAsync("same/test.jsonl", Parity.Spec, Parity.Rows("same", 20));
        _app.DieAfterReserving();
        await _app.TellOfBlobAsync("same/test.jsonl");

        await _app.DropAsync("same/test.jsonl", null, Parity.Rows("same", 20));
        Assert.Equal(HttpStatusCode.Accepted, await _app.TellOfBlobAsync("same/test.jsonl"));

        var run = await _app.EndedAsync("same/test.jsonl", row => true);
        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Single(await _app.RunsAsync("same/test.jsonl"));
    }

    [Fact]
    public async Task Run_that_is_cancelled_before_it_is_planned_ends_at_once_and_can_be_resumed()
    {
        await _app.DropAsync("unplanned/test.jsonl", Parity.Spec, Parity.Rows("unplanned", 20));
        _app.DieAfterReserving();
        await _app.TellOfBlobAsync("unplanned/test.jsonl");
        var runId = Assert.Single(await _app.RunsAsync("unplanned/test.jsonl")).PartitionKey;

        Assert.Equal(HttpStatusCode.Accepted, await _app.PostRunAsync($"{runId}/cancel"));
        var run = await _app.EndedAsync("unplanned/test.jsonl", row => true);
        Assert.Equal(("Cancelled", 0), (run.GetString("Status"), Paid("unplanned")));

        Assert.Equal(HttpStatusCode.Accepted, await _app.PostRunAsync($"{runId}/resume"));
        run = await _app.EndedAsync("unplanned/test.jsonl", row => row.GetString("Status") == "Completed");
        Assert.Equal((20L, 20, 1), (run.GetInt64("Samples"), Paid("unplanned"), run.GetInt32("Resumptions")));
    }

    [Fact]
    public async Task Completed_run_is_resumed_only_where_a_sample_got_no_answer_and_by_one_of_two_that_ask_at_once()
    {
        var etag = await _app.DropAsync("again/test.jsonl", Parity.Spec, Parity.Rows("again", 20));
        await _app.TellOfBlobAsync("again/test.jsonl");
        var runId = (await _app.EndedAsync("again/test.jsonl", etag)).PartitionKey;
        Assert.Equal(HttpStatusCode.Conflict, await _app.PostRunAsync($"{runId}/resume"));
        var runs = _app.Tables.GetTableClient("EvaluationRuns");
        await runs.UpdateEntityAsync(new TableEntity(runId, "run") { ["CandidateExhausted"] = 1L }, Azure.ETag.All);

        var answers = await Task.WhenAll(_app.PostRunAsync($"{runId}/resume"), _app.PostRunAsync($"{runId}/resume"));

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Conflict], answers.Order());
        var run = await _app.EndedAsync("again/test.jsonl", row => row.GetInt32("Resumptions") == 1);
        Assert.Equal(("Completed", true, 20), (run.GetString("Status"), run.GetBoolean("RepeatsFailed"), Paid("again")));
    }

    /// <summary>What the process remembers of the run that was cancelled is another matter: it is restarted.</summary>
    [Fact]
    public async Task Run_whose_rows_and_blobs_were_deleted_is_started_anew()
    {
        await _app.DropAsync("forgotten/test.jsonl", Parity.Spec, Parity.Rows("forgotten", 20));
        _app.DieAfterReserving();
        await _app.TellOfBlobAsync("forgotten/test.jsonl");
        var runId = Assert.Single(await _app.RunsAsync("forgotten/test.jsonl")).PartitionKey;
        await _app.PostRunAsync($"{runId}/cancel");
        await _app.EndedAsync("forgotten/test.jsonl", row => true);
        await _app.OrchestrationEndedAsync(runId);

        await _app.Tables.GetTableClient("EvaluationRuns").DeleteEntityAsync(runId, "run");
        await _app.Blobs.GetBlobContainerClient("runs").DeleteBlobAsync($"{runId}/spec.json");
        using var http = _app.Http;
        using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset = "forgotten/test.jsonl" });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var run = await _app.EndedAsync("forgotten/test.jsonl", row => true);
        Assert.Equal((runId, "Completed", 20L), (run.PartitionKey, run.GetString("Status"), run.GetInt64("Samples")));
    }

    private int Paid(string suite) =>
        _app
            .Endpoint.Requests.Where(request => request.Key.StartsWith(suite + " ", StringComparison.Ordinal))
            .Sum(request => request.Value);
}

/// <summary>Ways into an app, and what stops it on the way.</summary>
internal static class StartSteps
{
    /// <summary>The next starter dies when it has reserved its run and is about to schedule it: at the last row of the index.</summary>
    public static void DieAfterReserving(this EvaluationApp app) =>
        app.KillOnce(
            call =>
                call is { Service: "table", Method: not "GET" }
                && Uri.UnescapeDataString(call.Path).StartsWith("EvaluationIndex(PartitionKey='model:", StringComparison.Ordinal),
            StorageFault.Refused
        );

    /// <summary>Delivers the event of a created blob; what answers for a worker that has ended counts as an answer.</summary>
    public static async Task<HttpStatusCode> TellOfBlobAsync(this EvaluationApp app, string blob)
    {
        using var http = app.Http;
        using var content = new StringContent(
            $$"""
            [ { "id": "1", "topic": "/t", "subject": "/blobServices/default/containers/datasets/blobs/{{blob}}", "eventType": "Microsoft.Storage.BlobCreated",
                "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "1", "data": {} } ]
            """,
            Encoding.UTF8,
            "application/json"
        );
        using var response = await http.PostAsync("/api/webhooks/eventgrid", content);
        return response.StatusCode;
    }

    public static async Task<HttpStatusCode> PostRunAsync(this EvaluationApp app, string path)
    {
        using var http = app.Http;
        using var response = await http.PostAsync($"/api/evaluations/{path}", content: null);
        return response.StatusCode;
    }

    /// <summary>Waits until an orchestration instance has ended.</summary>
    public static Task OrchestrationEndedAsync(this EvaluationApp app, string instanceId)
    {
        var orchestrations = app.Orchestrations;
        return Eventually.TrueAsync(
            () =>
                orchestrations
                    .GetOrchestrationStateAsync(instanceId, allExecutions: false)
                    .GetAwaiter()
                    .GetResult()
                    .OfType<OrchestrationState>()
                    .All(state =>
                        state.OrchestrationStatus
                            is not (OrchestrationStatus.Pending or OrchestrationStatus.Running or OrchestrationStatus.ContinuedAsNew)
                    ),
            $"orchestration {instanceId} has ended"
        );
    }
}
