using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>An app that takes at most a kibibyte as a dataset in a request.</summary>
public sealed class HttpApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(("Evaluation__MaxUploadBytes", "1024"));
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class HttpApiTests(HttpApp shared) : IClassFixture<HttpApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Uploaded_body_is_evaluated_with_the_suites_spec_and_replaced_only_when_asked()
    {
        await _app.DropAsync("upload/README.md", Parity.Spec, ["spec first"]);
        var rows = string.Join('\n', Parity.Rows("upload", 10));

        var (status, body) = await PutAsync("upload/test.jsonl", rows);
        Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{status}"); // OK when the blob trigger saw the upload first.
        var runId = (string)body!["runId"]!;
        var run = await _app.EndedAsync("upload/test.jsonl", row => row.PartitionKey == runId);
        Assert.Equal(("Completed", 10L), (run.GetString("Status"), run.GetInt64("Samples")));

        Assert.Equal((HttpStatusCode.Conflict, "dataset_exists"), Code(await PutAsync("upload/test.jsonl", rows)));
        (status, body) = await PutAsync("upload/test.jsonl?replace=true", rows);
        Assert.Equal((HttpStatusCode.OK, runId), (status, (string?)body!["runId"])); // The same bytes are the same run.
        Assert.Single(await _app.RunsAsync("upload/test.jsonl"));
    }

    /// <summary>Durable Functions keeps the ended orchestration of a run whose rows somebody deleted.</summary>
    [Fact]
    public async Task Run_whose_rows_were_deleted_is_started_again_and_its_answers_are_not_paid_twice()
    {
        await _app.DropAsync("forgotten/test.jsonl", null, Parity.Rows("forgotten", 10));
        var request = new { dataset = "forgotten/test.jsonl", spec = JsonNode.Parse(Parity.Spec) };
        using var http = _app.Http;
        using var first = await http.PostAsync("/api/evaluations", JsonContent.Create(request));
        var runId = (string)(await first.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        await _app.EndedAsync("forgotten/test.jsonl", row => row.PartitionKey == runId);
        await _app.Tables.GetTableClient("EvaluationRuns").DeleteEntityAsync(runId, "run");

        using var second = await http.PostAsync("/api/evaluations", JsonContent.Create(request));

        Assert.Equal(
            (HttpStatusCode.Accepted, runId),
            (second.StatusCode, (string?)(await second.Content.ReadFromJsonAsync<JsonObject>())!["runId"])
        );
        Assert.Equal("Completed", (await _app.EndedAsync("forgotten/test.jsonl", row => row.PartitionKey == runId)).GetString("Status"));
        Assert.All(Enumerable.Range(0, 10), number => Assert.Equal(1, _app.Endpoint.Requests[$"forgotten {number}"]));
    }

    [Theory]
    [InlineData("large/test.jsonl", 1100, HttpStatusCode.RequestEntityTooLarge, "body_too_large")]
    [InlineData("upload/evaluation.json", 10, HttpStatusCode.BadRequest, "not_a_dataset")]
    [InlineData("upload/test.xlsx", 10, HttpStatusCode.BadRequest, "unsupported_format")]
    [InlineData("", 10, HttpStatusCode.BadRequest, "invalid_name")]
    [InlineData("upload//test.jsonl", 10, HttpStatusCode.BadRequest, "invalid_name")]
    public async Task Body_that_cannot_be_a_dataset_is_refused_and_nothing_is_written(
        string name,
        int bytes,
        HttpStatusCode expected,
        string code
    )
    {
        Assert.Equal((expected, code), Code(await PutAsync(name, new string('x', bytes), chunked: true)));
        if (name == "large/test.jsonl")
        {
            Assert.False(await _app.Blobs.GetBlobContainerClient("datasets").GetBlobClient(name).ExistsAsync());
        }
    }

    [Fact]
    public async Task Suite_starts_each_of_its_datasets_and_says_what_cannot_be()
    {
        await _app.DropAsync("suite/a.jsonl", Parity.Spec.Replace("0.75", "0.7", StringComparison.Ordinal), Parity.Rows("suite", 4));
        await _app.DropAsync("suite/deep/b.jsonl", null, Parity.Rows("deep", 4));
        await _app.DropAsync("suite/c.xlsx", null, ["PK"]);

        var (status, body) = await PostAsync(new { suite = "suite" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        var runs = body!["runs"]!.AsArray();
        Assert.Equal(["suite/a.jsonl", "suite/c.xlsx", "suite/deep/b.jsonl"], runs.Select(run => (string?)run!["dataset"]));
        Assert.Equal([null, "unsupported_format", null], runs.Select(run => (string?)run!["code"]));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(new { suite = "nowhere" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(new { suite = "suite", dataset = "suite/a.jsonl" })).Status);

        await _app.EndedAsync("suite/a.jsonl", row => (string?)runs[0]!["runId"] == row.PartitionKey);
        using var http = _app.Http;
        var listed = (await http.GetFromJsonAsync<JsonObject>("/api/evaluations?suite=suite&status=completed"))!["runs"]!.AsArray();
        Assert.Contains(listed, run => (string?)run!["dataset"] == "suite/a.jsonl");
        Assert.All(listed, run => Assert.Equal("Completed", (string?)run!["status"]));
        Assert.Empty((await http.GetFromJsonAsync<JsonObject>("/api/evaluations?suite=suite&verdict=fail"))!["runs"]!.AsArray());
    }

    [Fact]
    public async Task Runs_of_one_dataset_are_compared_in_pairs_as_a_baseline_in_the_run_would_be()
    {
        const string Dataset = "compare/test.jsonl";
        _app.Endpoint.AnswerOf["recorded-base"] = prompt => prompt.EndsWith('1') ? (200, "even") : Parity.Answer(prompt);
        await _app.DropAsync(Dataset, null, Parity.Rows("compare", 60));
        var left = await RunAsync(
            Dataset,
            """{ "task": "classification", "model": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );
        var right = await RunAsync(
            Dataset,
            """{ "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );
        var both = await RunAsync(
            Dataset,
            """{ "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );

        using var http = _app.Http;
        var comparison = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/compare?left={left}&right={right}"))!;

        Assert.True((bool)comparison["paired"]!);
        var line = comparison["metrics"]!.AsArray().Single(metric => (string?)metric!["name"] == "accuracy")!;
        var expected = await _app.MetricAsync(both, "candidate|accuracy|all");
        Assert.Equal((6, 0), ((int)line["gained"]!, (int)line["lost"]!));
        foreach (var column in new[] { "Difference", "DifferenceLower", "DifferenceUpper", "PValue" })
        {
            Assert.Equal(expected.GetDouble(column), (double?)line[System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(column)]);
        }

        var other = await RunAsync(
            Dataset,
            """{ "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"] }"""
        );
        comparison = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/compare?left={left}&right={other}"))!;
        Assert.False((bool)comparison["paired"]!);
        Assert.Contains("metrics", (string)comparison["reason"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/api/evaluations/compare?left={left}&right=ev-nothing")).StatusCode);
    }

    [Fact]
    public async Task Edited_row_leaves_the_other_pairs_and_the_run_is_held_against_the_one_before_by_itself()
    {
        const string Dataset = "edited/test.jsonl";
        const string Spec =
            """{ "task": "classification", "model": "tuned/MODEL", "labels": ["even", "odd"], "metrics": ["accuracy"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 }, { "metric": "accuracy", "notWorseThanPrevious": 0.01 } ] } }""";
        _app.Endpoint.AnswerOf["ft-1"] = Parity.Answer;
        _app.Endpoint.AnswerOf["ft-2"] = prompt => prompt.EndsWith('1') || prompt.EndsWith('3') ? (200, "even") : Parity.Answer(prompt);
        var rows = Parity.Rows("edited", 60).ToList();
        await _app.DropAsync(Dataset, null, rows);
        var first = await RunAsync(Dataset, Spec.Replace("MODEL", "ft-1", StringComparison.Ordinal));
        await _app.DropAsync(
            Dataset,
            null,
            [.. rows.Select((row, index) => index == 5 ? row.Replace("edited 5", "edited and longer 5", StringComparison.Ordinal) : row)]
        );
        var second = await RunAsync(Dataset, Spec.Replace("MODEL", "ft-2", StringComparison.Ordinal));

        using var http = _app.Http;
        var comparison = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/compare?left={first}&right={second}"))!;
        Assert.Equal(
            ("worse", 59, 1, 0),
            (
                (string?)comparison["decision"],
                (int)comparison["pairing"]!["paired"]!,
                (int)comparison["pairing"]!["changed"]!,
                (int)comparison["pairing"]!["added"]!
            )
        );
        Assert.Equal((0, 12), ((int)comparison["flips"]!["gained"]!, (int)comparison["flips"]!["lost"]!));
        var lost = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{second}/samples?against={first}&flip=lost&size=500"))![
            "samples"
        ]!.AsArray();
        Assert.Equal(12, lost.Count);
        Assert.All(
            lost,
            sample =>
                Assert.Equal(("odd", "even"), ((string?)sample!["against"]!["prediction"], (string?)sample["candidate"]!["prediction"]))
        );

        var run = await _app.EndedAsync(Dataset, row => row.PartitionKey == second);
        Assert.Equal((first, "fail"), (run.GetString("PreviousRun"), run.GetString("Verdict")));
        Assert.Contains("Accuracy", run.GetString("Warnings"), StringComparison.Ordinal);
        Assert.Contains("odd recall", run.GetString("Warnings"), StringComparison.Ordinal);
        Assert.Contains(
            "no previous run",
            (await _app.EndedAsync(Dataset, row => row.PartitionKey == first)).GetString("VerdictReasons"),
            StringComparison.Ordinal
        );
        var summary = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{second}/summary"))!;
        Assert.Equal(59, (int)summary["previous"]!["pairing"]!["paired"]!);
        Assert.Contains("Since the previous run", await http.GetStringAsync($"/api/evaluations/{second}/report"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_is_a_page_that_may_run_and_fetch_nothing()
    {
        await _app.DropAsync("report/test.jsonl", null, Parity.Rows("report", 20));
        var runId = await RunAsync(
            "report/test.jsonl",
            """{ "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );
        using var http = _app.Http;
        using var report = await http.GetAsync($"/api/evaluations/{runId}/report");
        Assert.Equal("text/html", report.Content.Headers.ContentType!.MediaType);
        Assert.Contains("default-src 'none'", Assert.Single(report.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("I believe it is even", await report.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_document_is_served()
    {
        using var http = _app.Http;
        Assert.Equal("3.1.0", (string?)(await http.GetFromJsonAsync<JsonObject>("/api/openapi.json"))!["openapi"]);
    }

    private static (HttpStatusCode Status, string? Code) Code((HttpStatusCode Status, JsonObject? Body) answer) =>
        (answer.Status, (string?)answer.Body?["code"]);

    private async Task<string> RunAsync(string dataset, string spec)
    {
        var runId = (string)(await PostAsync(new { dataset, spec = JsonNode.Parse(spec) })).Body!["runId"]!;
        Assert.Equal("Completed", (await _app.EndedAsync(dataset, row => row.PartitionKey == runId)).GetString("Status"));
        return runId;
    }

    private async Task<(HttpStatusCode Status, JsonObject? Body)> PostAsync(object request)
    {
        using var http = _app.Http;
        using var response = await http.PostAsync("/api/evaluations", JsonContent.Create(request));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonObject>());
    }

    private async Task<(HttpStatusCode Status, JsonObject? Body)> PutAsync(string path, string body, bool chunked = false)
    {
        using var http = _app.Http;
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/datasets/{path}")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson")),
        };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonObject>());
    }
}
