using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

public sealed class EvaluationTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly EvaluationApp _app = shared.App;

    /// <summary>Of each ten numbers one is answered wrongly and one unparsably, which counts as wrong.</summary>
    [Fact]
    public async Task Dropped_dataset_ends_with_the_outcomes_that_are_true_by_construction()
    {
        var run = await DroppedAsync();

        Assert.Equal(("Completed", "pass"), (run.GetString("Status"), run.GetString("Verdict")));
        Assert.Equal((100L, 90L, 10L), (run.GetInt64("Samples"), run.GetInt64("CandidateScored"), run.GetInt64("CandidateUnparsable")));
    }

    [Fact]
    public async Task Metric_row_of_a_dropped_dataset_has_the_value_and_interval_that_are_true_by_construction()
    {
        var accuracy = await _app.MetricAsync((await DroppedAsync()).PartitionKey, "candidate|accuracy|all");

        Assert.Equal(0.8, accuracy.GetDouble("Value")!.Value, 12);
        Assert.Equal(100, accuracy.GetInt64("Samples"));
        Assert.InRange(accuracy.GetDouble("Lower")!.Value, 0.70, 0.72); // Wilson, 80 of 100: 0.7112
    }

    [Fact]
    public async Task Each_sample_is_asked_for_once()
    {
        await DroppedAsync();

        Assert.All(Enumerable.Range(0, 100), number => Assert.Equal(1, _app.Endpoint.Requests[$"drop {number}"]));
    }

    [Fact]
    public async Task Summary_has_the_confusion_matrix_and_examples_of_what_was_not_scored()
    {
        var summary = await _app.SummaryAsync((await DroppedAsync()).PartitionKey);

        Assert.Equal("candidate", (string)Assert.Single(summary["confusionMatrices"]!.AsArray())!["role"]!);
        Assert.Contains(summary["examples"]!["candidate"]!.AsArray(), example => (string?)example!["text"] == "I believe it is even");
    }

    [Fact]
    public async Task Samples_are_in_the_order_of_the_dataset()
    {
        var samples = await _app.SamplesAsync((await DroppedAsync()).PartitionKey);

        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => $"n{number}"),
            samples.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string)JsonNode.Parse(line)!["id"]!)
        );
    }

    private Task<TableEntity> DroppedAsync() => shared.EvaluateOnceAsync("drop/test.jsonl", Parity.Spec, Parity.Rows("drop", 100));

    [Fact]
    public async Task Http_start_names_the_run_and_starting_again_names_it_again_and_pays_nothing()
    {
        await _app.DropAsync("http/test.jsonl", null, Parity.Rows("http", 20)); // Without a spec: a failed run, and the dataset is there.
        using var http = _app.Http;
        var body = new { dataset = "http/test.jsonl", spec = JsonNode.Parse(Parity.Spec) };

        using var started = await http.PostAsync("/api/evaluations", JsonContent.Create(body));

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        Assert.Equal($"/api/evaluations/{runId}", started.Headers.Location!.ToString());
        await EndedAsync(http, runId);
        using var again = await http.PostAsync("/api/evaluations", JsonContent.Create(body));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(runId, (string?)(await again.Content.ReadFromJsonAsync<JsonObject>())!["runId"]);
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(1, _app.Endpoint.Requests[$"http {number}"]));
    }

    [Fact]
    public async Task Offline_score_of_a_runs_samples_gives_the_runs_numbers()
    {
        var runId = (await DroppedAsync()).PartitionKey;
        var offline = await _app.ScoreOfflineAsync(runId, Parity.Spec);

        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(runId, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, (long?)line.Samples),
                (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper"), row.GetInt64("Samples"))
            );
        }
    }

    [Fact]
    public async Task Samples_are_read_page_by_page_and_by_outcome()
    {
        var samples = $"/api/evaluations/{(await DroppedAsync()).PartitionKey}/samples";
        using var http = _app.Http;

        var page = await http.GetFromJsonAsync<JsonObject>($"{samples}?outcome=unparsable&size=3");
        var next = await http.GetFromJsonAsync<JsonObject>($"{samples}?outcome=unparsable&size=3&offset={page!["next"]}");

        Assert.Equal(["n8", "n18", "n28"], page["samples"]!.AsArray().Select(sample => (string?)sample!["id"]));
        Assert.Equal(["n38", "n48", "n58"], next!["samples"]!.AsArray().Select(sample => (string?)sample!["id"]));
    }

    [Fact]
    public async Task Page_of_samples_begins_at_its_position_and_one_beyond_the_end_is_empty()
    {
        var samples = $"/api/evaluations/{(await DroppedAsync()).PartitionKey}/samples";
        using var http = _app.Http;

        var all = await http.GetFromJsonAsync<JsonObject>(samples);
        var eighth = await http.GetFromJsonAsync<JsonObject>($"{samples}?offset=7&size=1");
        var beyond = await http.GetFromJsonAsync<JsonObject>($"{samples}?offset=1000000");

        Assert.Equal(
            (8, (string?)all!["samples"]![7]!["id"]),
            ((int?)eighth!["first"], (string?)eighth["samples"]!.AsArray().Single()!["id"])
        );
        Assert.Empty(beyond!["samples"]!.AsArray());
    }

    [Fact]
    public async Task Same_bytes_dropped_twice_run_once()
    {
        var run = await _app.EvaluateAsync("twice/test.jsonl", Parity.Spec, Parity.Rows("twice", 20));

        await _app.DropAsync("twice/test.jsonl", Parity.Spec, Parity.Rows("twice", 20));
        // The trigger handles blobs in order of arrival: once the later one has run, the repeated one has been looked at.
        await _app.EvaluateAsync("twice/other.jsonl", null, Parity.Rows("twice-other", 20));
        using var http = _app.Http;
        using var posted = await http.PostAsync("/api/evaluations", JsonContent.Create(new { dataset = "twice/test.jsonl" }));

        Assert.Equal(run.PartitionKey, (string?)(await posted.Content.ReadFromJsonAsync<JsonObject>())!["runId"]);
        Assert.Single(await _app.RunsAsync("twice/test.jsonl"));
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(1, _app.Endpoint.Requests[$"twice {number}"]));
    }

    [Fact]
    public async Task Changed_bytes_are_another_run_and_the_first_keeps_its_results()
    {
        var first = await _app.EvaluateAsync("changed/test.jsonl", Parity.Spec, Parity.Rows("changed", 20));

        var second = await _app.EvaluateAsync("changed/test.jsonl", Parity.Spec, Parity.Rows("changed", 30));

        Assert.NotEqual(first.PartitionKey, second.PartitionKey);
        Assert.NotNull(await _app.SummaryAsync(first.PartitionKey));
    }

    [Fact]
    public async Task Ten_starts_at_once_are_one_run()
    {
        await _app.DropAsync("ten/test.jsonl", Parity.Spec, Parity.Rows("ten", 20));
        using var http = _app.Http;

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => http.PostAsync("/api/evaluations", JsonContent.Create(new { dataset = "ten/test.jsonl" })))
        );

        Assert.All(responses, response => Assert.True(response.IsSuccessStatusCode, response.StatusCode.ToString()));
        var runIds = new HashSet<string>();
        foreach (var response in responses)
        {
            runIds.Add((string)(await response.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!);
        }

        await EndedAsync(http, Assert.Single(runIds));
        Assert.Single(await _app.RunsAsync("ten/test.jsonl"));
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(1, _app.Endpoint.Requests[$"ten {number}"]));
    }

    [Theory]
    [InlineData("empty.jsonl", "", Parity.Spec, "invalid_dataset", "empty")]
    [InlineData("binary.jsonl", "PK\u0003\u0004\0\0\0\0", Parity.Spec, "invalid_dataset", "binary.jsonl")]
    [InlineData("array.json", "[]", Parity.Spec, "unsupported_format", ".jsonl")]
    [InlineData(
        "splits.json",
        """{"test":[["plain","x"]]}""",
        Parity.Spec,
        "unsupported_format",
        "jq -c '.test[] | {text: .[0], label: .[1]}'"
    )]
    [InlineData("nospec.jsonl", "{}", null, "no_spec", "evaluation.json")]
    [InlineData("model.jsonl", "{}", """{"task":"generation","model":"nobody"}""", "unknown_model", "recorded")]
    [InlineData("metric.jsonl", "{}", """{"task":"generation","model":"recorded","metrics":["blue"]}""", "invalid_spec", "bleu")]
    [InlineData("field.jsonl", "{}", """{"task":"generation","model":"recorded","promt":{}}""", "invalid_spec", "prompt")]
    [InlineData("labels.jsonl", """{"input":"x 1","expected":"blue"}""", Parity.Spec, "invalid_dataset", "labels")]
    [InlineData("malformed.jsonl", "not json", Parity.Spec, "invalid_dataset", "line 1")]
    public async Task Bad_input_is_a_failed_run_that_says_what_to_fix(string file, string content, string? spec, string code, string told)
    {
        var suite = "bad-" + Path.GetFileNameWithoutExtension(file);
        var paid = _app.Endpoint.Requests.Keys.Count(prompt => prompt.StartsWith('x'));

        var run = await _app.EvaluateAsync($"{suite}/{file}", spec, Encoding.UTF8.GetBytes(content));

        Assert.Equal(("Failed", code), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains(told, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Equal(paid, _app.Endpoint.Requests.Keys.Count(prompt => prompt.StartsWith('x')));
    }

    [Fact]
    public async Task Blob_that_is_no_dataset_starts_nothing()
    {
        await _app.DropAsync("companions/README.md", Parity.Spec, ["# Not a dataset"]);
        await _app.EvaluateAsync("companions/test.jsonl", null, Parity.Rows("companions", 10));

        Assert.Empty(await _app.RunsAsync("companions/README.md"));
        Assert.Empty(await _app.RunsAsync("companions/evaluation.json"));
    }

    [Fact]
    public async Task Malformed_row_is_counted_with_its_line_in_the_dataset()
    {
        var lines = Parity.Rows("malformed", 40).ToList();
        lines[32] = "{\"input\": oops";
        var run = await _app.EvaluateAsync("one-malformed/test.jsonl", Parity.Spec, lines);

        Assert.Equal(("Completed", 1L, 40L), (run.GetString("Status"), run.GetInt64("CandidateMalformedSample"), run.GetInt64("Samples")));
        var example = (await _app.SummaryAsync(run.PartitionKey))["examples"]!["candidate"]!
            .AsArray()
            .Single(one => (string?)one!["outcome"] == "malformed_sample");
        Assert.Equal(33, (int)example!["line"]!);
    }

    [Fact]
    public async Task Csv_with_byte_order_mark_and_quoted_line_ends_is_read_right()
    {
        var csv =
            "\uFEFFid,input,label\r\n"
            + string.Concat(
                Enumerable.Range(0, 25).Select(number => $"c{number},\"line one\r\ncsv {number}\",{(number % 2 == 0 ? "even" : "odd")}\r\n")
            );
        var run = await _app.EvaluateAsync("csv/test.csv", Parity.Spec, Encoding.UTF8.GetBytes(csv));

        Assert.Equal(("Completed", 25L), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.Equal(21.0 / 25, (await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|all")).GetDouble("Value")!.Value, 12);
    }

    [Fact]
    public async Task Row_text_and_keys_stay_in_the_runs_blobs()
    {
        const string Canary = "canary-4c1d";
        _app.Endpoint.Answer = prompt =>
            prompt.Contains(Canary, StringComparison.Ordinal) ? (200, Canary + " answer") : Parity.Answer(prompt);
        var spec = """{ "task": "generation", "model": "recorded", "metrics": ["exact_match"] }""";
        var run = await _app.EvaluateAsync(
            "privacy/test.jsonl",
            spec,
            [$$"""{"input":"{{Canary}} question","expected":"{{Canary}} reference"}""", $$"""{"input":"{{Canary}}" oops"""]
        );

        var places = await _app.OutsideRunsAsync();
        places.Add(string.Join("\n", run.Select(column => column.Value)));
        Assert.True(places.Count > 50, "The history was not found.");
        Assert.All(places, place => Assert.DoesNotContain(Canary, place, StringComparison.Ordinal));
        Assert.All(places, place => Assert.DoesNotContain(EvaluationApp.ApiKey, place, StringComparison.Ordinal));
    }

    private static async Task EndedAsync(HttpClient http, string runId)
    {
        string? status = null;
        await Eventually.TrueAsync(
            async () =>
                (status = (string?)(await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{runId}"))!["status"])
                    is "Completed"
                        or "Failed",
            "the run has ended"
        );
        Assert.Equal("Completed", status);
    }
}
