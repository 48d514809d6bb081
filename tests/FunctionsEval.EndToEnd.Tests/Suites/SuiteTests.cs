using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Suites;

/// <summary>An app in which no dataset starts but what it is asked for.</summary>
public sealed class SuiteApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync([
            .. EvaluationApp.WithoutTimers.Where(setting => !setting.Name.Contains("ReconcileRuns", StringComparison.Ordinal)),
            ("Models__recorded__MaxConcurrency", "4"),
        ]);
        // Datasets whose prompts begin with "bad" are answered wrongly.
        App.Endpoint.Answer = prompt => prompt.StartsWith("bad", StringComparison.Ordinal) ? (200, "neither") : Parity.Answer(prompt);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Suites with one verdict, from request or upload to the notification.</summary>
public sealed class SuiteTests(SuiteApp shared) : IClassFixture<SuiteApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Three_datasets_of_different_tiers_have_one_verdict_one_report_and_one_notification()
    {
        await DropAsync("tiers", """{ "datasets": { "test.jsonl": "critical", "tail*.jsonl": "supporting" }, "others": "advisory" }""");
        await DropRowsAsync("tiers/test.jsonl", "good");
        await DropRowsAsync("tiers/tail-1.jsonl", "good");
        await DropRowsAsync("tiers/style.jsonl", "bad");

        var id = await StartAsync("tiers", HttpStatusCode.Accepted);
        var suite = await EndedAsync(id);

        Assert.Equal(("Completed", "pass"), ((string?)suite["status"], (string?)suite["verdict"]));
        Assert.Equal(
            ["critical test.jsonl passes", "supporting tail-1.jsonl passes"],
            suite["verdictReasons"]!.AsArray().Select(reason => (string?)reason!["reason"])
        );
        Assert.Contains("advisory style.jsonl fails", (string?)suite["warnings"]!.AsArray().Single(), StringComparison.Ordinal);
        Assert.Equal((60, "recorded", "recorded"), ((int)suite["samples"]!, (string?)suite["model"], (string?)suite["deployment"]));
        Assert.All(suite["datasets"]!.AsArray(), dataset => Assert.Equal("accuracy", (string?)dataset!["headline"]!["name"]));

        // The same once more is the same, and nothing is asked again.
        var asked = _app.Endpoint.Total;
        Assert.Equal(id, await StartAsync("tiers", HttpStatusCode.OK));
        Assert.Equal(asked, _app.Endpoint.Total);

        var row = (await SuiteTable.GetEntityAsync<TableEntity>(id, "suite")).Value;
        Assert.Equal(("Completed", "pass", "tiers"), (row.GetString("Status"), row.GetString("Verdict"), row.GetString("Suite")));
        Assert.Equal(3, SuiteTable.Query<TableEntity>($"PartitionKey eq '{id}' and Tier ne ''").Count());
        using var http = _app.Http;
        var report = await http.GetStringAsync(new Uri($"/api/suites/{id}/report", UriKind.Relative), Token);
        Assert.Contains("Critical datasets", report, StringComparison.Ordinal);
        var list = await http.GetFromJsonAsync<JsonObject>(new Uri("/api/suites?suite=tiers", UriKind.Relative), Token);
        Assert.Equal(id, (string?)Assert.Single(list!["suites"]!.AsArray())!["suiteRunId"]);

        var told = await ToldAsync("tiers");
        Assert.Equal(
            ("suite.completed", 1, "pass", id),
            ((string?)told["type"], (int)told["schemaVersion"]!, (string?)told["data"]!["verdict"], (string?)told["data"]!["suiteRunId"])
        );
        Assert.Equal(3, told["data"]!["runs"]!.AsArray().Count);
    }

    [Fact]
    public async Task Critical_dataset_that_fails_fails_the_suite_and_one_that_is_missing_leaves_it_undecided()
    {
        await DropAsync("failing", """{ "datasets": { "test.jsonl": "critical", "tail.jsonl": "supporting" } }""");
        await DropRowsAsync("failing/test.jsonl", "bad");
        var failed = await EndedAsync(await StartAsync("failing", HttpStatusCode.Accepted));
        Assert.Equal("fail", (string?)failed["verdict"]);

        await DropAsync("missing", """{ "datasets": { "test.jsonl": "critical", "absent.jsonl": "critical", "gone*": "advisory" } }""");
        await DropRowsAsync("missing/test.jsonl", "good");
        var undecided = await EndedAsync(await StartAsync("missing", HttpStatusCode.Accepted));
        Assert.Equal(("Completed", "inconclusive"), ((string?)undecided["status"], (string?)undecided["verdict"]));
        Assert.Contains(
            undecided["verdictReasons"]!.AsArray(),
            reason => (string?)reason!["reason"] == "critical absent.jsonl has no verdict: there is no dataset of this name"
        );
        Assert.Contains("gone*", (string?)undecided["warnings"]!.AsArray().Single(), StringComparison.Ordinal);

        // What was missing arrives: another suite run, in which the run that is there is used again.
        var asked = _app.Endpoint.Total;
        await DropRowsAsync("missing/absent.jsonl", "good");
        var decided = await EndedAsync(await StartAsync("missing", HttpStatusCode.Accepted));
        Assert.Equal("pass", (string?)decided["verdict"]);
        Assert.Equal(asked + 20, _app.Endpoint.Total);
        Assert.Equal([true, false], decided["datasets"]!.AsArray().Take(2).Select(dataset => (bool)dataset!["isOwnRun"]!));
    }

    [Fact]
    public async Task Uploads_into_a_suite_start_its_suite_run_once_all_are_there_and_are_told_of_once()
    {
        await DropAsync("uploads", """{ "datasets": { "a.jsonl": "critical", "b.jsonl": "critical" } }""");
        using var http = _app.Http;
        await UploadAsync("uploads/a.jsonl", "good");
        var list = await http.GetFromJsonAsync<JsonObject>(new Uri("/api/suites?suite=uploads", UriKind.Relative), Token);
        Assert.Equal(["b.jsonl"], Assert.Single(list!["waiting"]!.AsArray())!["missing"]!.AsArray().Select(name => (string?)name));
        await _app.RunTimerAsync("ReconcileRuns");
        await UploadAsync("uploads/b.jsonl", "good");

        string? id = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await _app.RunTimerAsync("ReconcileRuns");
                list = await http.GetFromJsonAsync<JsonObject>(new Uri("/api/suites?suite=uploads", UriKind.Relative), Token);
                id = (string?)list!["suites"]!.AsArray().SingleOrDefault()?["suiteRunId"];
                return id is not null && list["waiting"]!.AsArray().Count == 0;
            },
            "the uploads have become a suite run"
        );
        Assert.Equal("pass", (string?)(await EndedAsync(id!))["verdict"]);
        Assert.Equal("suite.completed", (string?)(await ToldAsync("uploads"))["type"]);
    }

    [Fact]
    public async Task Cancelled_suite_run_cancels_its_runs_and_goes_on_when_it_is_resumed()
    {
        await DropAsync("cancelled", "{}");
        await DropRowsAsync("cancelled/a.jsonl", "held", rows: 40);
        await DropRowsAsync("cancelled/b.jsonl", "held", rows: 40);
        using var gate = _app.Endpoint.HoldAfter(10, prompt => prompt.StartsWith("held", StringComparison.Ordinal));
        var id = await StartAsync("cancelled", HttpStatusCode.Accepted);
        await gate.ReachedAsync();

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{id}/cancel"));
        // What is left would take 17 rounds of four, a second each; executors look for a cancellation every two seconds.
        _app.Endpoint.Latency = TimeSpan.FromSeconds(1);
        gate.Open();
        var suite = await EndedAsync(id);
        _app.Endpoint.Latency = TimeSpan.Zero;
        Assert.Equal(("Cancelled", "inconclusive"), ((string?)suite["status"], (string?)suite["verdict"]));
        Assert.All(suite["datasets"]!.AsArray(), dataset => Assert.Equal("Cancelled", (string?)dataset!["status"]));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"{id}/cancel"));

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{id}/resume"));
        suite = await EndedAsync(id, resumption: 1);
        Assert.Equal(("Completed", "pass"), ((string?)suite["status"], (string?)suite["verdict"]));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"{id}/resume"));
    }

    [Theory]
    [InlineData("""{ "suite": "nowhere" }""", HttpStatusCode.NotFound, "suite_not_found")]
    [InlineData("""{ "suite": "../up" }""", HttpStatusCode.BadRequest, "invalid_name")]
    [InlineData("""{ "suites": "x" }""", HttpStatusCode.BadRequest, "invalid_body")]
    [InlineData("""{ "suite": "x", "attempt": -1 }""", HttpStatusCode.BadRequest, "invalid_body")]
    public async Task Request_that_cannot_become_a_suite_run_is_refused_with_the_fix(string body, HttpStatusCode status, string code)
    {
        using var http = _app.Http;
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/api/suites", UriKind.Relative), content, Token);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["code"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TableClient SuiteTable => _app.Tables.GetTableClient("EvaluationSuites");

    private async Task DropAsync(string suite, string section)
    {
        var spec = JsonNode.Parse(Parity.Spec)!.AsObject();
        spec["suite"] = JsonNode.Parse(section);
        spec["notify"] = JsonNode.Parse("""{ "queue": true }""");
        await _app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient($"{suite}/evaluation.json")
            .UploadAsync(BinaryData.FromString(spec.ToJsonString()), overwrite: true);
    }

    private Task<string> DropRowsAsync(string dataset, string prefix, int rows = 20) =>
        _app.DropAsync(dataset, spec: null, Parity.Rows($"{prefix} {dataset.Replace(' ', '-')}", rows));

    private async Task UploadAsync(string dataset, string prefix)
    {
        using var http = _app.Http;
        using var content = new StringContent(string.Join('\n', Parity.Rows(prefix, 20)));
        using var answer = await http.PutAsync(new Uri($"/api/datasets/{dataset}", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<string> StartAsync(string suite, HttpStatusCode status)
    {
        using var http = _app.Http;
        using var answer = await http.PostAsync(new Uri("/api/suites", UriKind.Relative), JsonContent.Create(new { suite }), Token);
        var body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(status == answer.StatusCode, body);
        return (string)JsonNode.Parse(body)!["suiteRunId"]!;
    }

    private async Task<HttpStatusCode> PostAsync(string path)
    {
        using var http = _app.Http;
        using var answer = await http.PostAsync(new Uri($"/api/suites/{path}", UriKind.Relative), content: null, Token);
        return answer.StatusCode;
    }

    private async Task<JsonObject> EndedAsync(string id, int resumption = 0)
    {
        using var http = _app.Http;
        JsonObject? suite = null;
        await Eventually.TrueAsync(
            async () =>
            {
                suite = await http.GetFromJsonAsync<JsonObject>(new Uri($"/api/suites/{id}", UriKind.Relative), Token);
                return suite!["finished"] is not null && (int)suite["resumptions"]! == resumption;
            },
            $"suite run {id} has ended"
        );
        return suite!;
    }

    /// <summary>The only message about a suite or one of its runs.</summary>
    private async Task<JsonNode> ToldAsync(string suite) =>
        Assert.Single(await _app.ToldAsync(message => (string?)message["data"]!["suite"] == suite));
}
