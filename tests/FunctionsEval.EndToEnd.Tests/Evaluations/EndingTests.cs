using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>What a run ends as, and that everybody who tells of it says the same.</summary>
public sealed class EndingTests(RefusedApp shared) : IClassFixture<RefusedApp>
{
    private const int HeadRows = 500;
    private const int BrokenRows = 20;

    private readonly EvaluationApp _app = shared.App;

    [Theory]
    [InlineData("right", "The first is line 501: invalid_json")]
    [InlineData("unparsable", "The first is line 501: invalid_json")]
    public async Task Run_that_fails_for_malformed_rows_at_its_end_has_no_verdict_anywhere(string suite, string expected)
    {
        // The broken rows lie beyond the head that is looked at first; unparsable answers fill the examples before them.
        var dataset = $"ending-{suite}/test.jsonl";
        var rows = Enumerable
            .Range(0, HeadRows)
            .Select(number =>
                JsonSerializer.Serialize(
                    new
                    {
                        id = $"n{number}",
                        input = $"ending {(suite == "right" ? number * 10 : number)}",
                        expected = number % 2 == 0 || suite == "right" ? "even" : "odd",
                        pad = new string(' ', 600),
                    }
                )
            )
            .Concat(Enumerable.Repeat("{broken", BrokenRows));

        var run = await _app.EvaluateAsync(
            dataset,
            """
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "notify": { "queue": true },
              "limits": { "maxMalformedShare": 0.01 }, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] } }
            """,
            rows
        );
        Assert.Equal(
            ("Failed", "malformed_rows", null, null),
            (run.GetString("Status"), run.GetString("ErrorCode"), run.GetString("Verdict"), run.GetString("VerdictReasons"))
        );
        Assert.Contains(
            $"{BrokenRows} of {HeadRows + BrokenRows} rows are malformed",
            run.GetString("ErrorMessage"),
            StringComparison.Ordinal
        );
        Assert.Contains(expected, run.GetString("ErrorMessage"), StringComparison.Ordinal);

        var summary = await _app.SummaryAsync(run.PartitionKey);
        Assert.Equal((null, "malformed_rows"), (summary["verdict"], (string?)summary["failure"]!["code"]));
        using var http = _app.Http;
        var report = await http.GetStringAsync($"/api/evaluations/{run.PartitionKey}/report");
        Assert.Contains("Failed: malformed rows", report, StringComparison.Ordinal);
        Assert.Null((await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{run.PartitionKey}"))!["verdict"]);
        var told = (await ToldAsync(run.PartitionKey))["data"]!;
        Assert.Equal(("Failed", null, "malformed_rows"), ((string?)told["status"], (string?)told["verdict"], (string?)told["errorCode"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_in_which_every_sample_is_refused_is_inconclusive_says_why_and_the_commands_end_with_3(bool hasGate)
    {
        var suite = hasGate ? "refused-gate" : "refused-bare";
        _app.Endpoint.AnswerOf["recorded-base"] = _ => (400, "unsupported_value");
        var gate = hasGate ? """, "gate": { "rules": [ { "minimumCoverage": 0 }, { "metric": "accuracy", "minimum": 0 } ] }""" : "";
        var run = await _app.EvaluateAsync(
            $"{suite}/test.jsonl",
            $$"""
            { "task": "classification", "model": "recorded-base", "labels": ["even", "odd"], "metrics": ["accuracy"]{{gate}} }
            """,
            Parity.Rows(suite, 30)
        );

        const string Why = "no sample counts in the metrics: 30 of 30 are rejected, most often unsupported_value: ";
        Assert.Equal(("Completed", "inconclusive"), (run.GetString("Status"), run.GetString("Verdict")));
        Assert.StartsWith("inconclusive: " + Why, run.GetString("VerdictReasons"), StringComparison.Ordinal);
        Assert.Equal("inconclusive", (string?)(await _app.SummaryAsync(run.PartitionKey))["verdict"]!["result"]);
        var (code, shown) = await ShowAsync(run.PartitionKey);
        Assert.Equal(3, code);
        Assert.Contains(Why, shown.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slice_values_and_labels_of_any_length_are_written_and_cost_no_run()
    {
        var longValue = string.Concat(Enumerable.Repeat("u/😀", 400));
        var longLabel = new string('l', 700);
        var labels = new[] { "even", "odd", longLabel + "1", longLabel + "2" };
        var model = "tuned/" + new string('m', 200);

        var run = await _app.EvaluateAsync(
            "long/test.jsonl",
            JsonSerializer.Serialize(
                new
                {
                    task = "classification",
                    model,
                    labels,
                    metrics = new[] { "accuracy", "f1" },
                    slices = new[] { "source" },
                }
            ),
            Enumerable.Range(0, 40).Select(number => RowOfLongTags(number, labels, longValue))
        );
        Assert.Equal(("Completed", null), (run.GetString("Status"), run.GetString("ErrorMessage")));
        using var http = _app.Http;
        var metrics = (await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{run.PartitionKey}/metrics"))!["metrics"]!.AsArray();
        var accuracies = metrics
            .Where(metric => (string?)metric!["name"] == "accuracy")
            .Select(metric => (string)metric!["slice"]!)
            .ToList();
        Assert.Equal(5, accuracies.Count);
        Assert.Contains("source=" + longValue + "1", accuracies);
        Assert.Contains("source=" + longValue + "2", accuracies);
        Assert.Equal(
            2,
            metrics.Count(metric =>
                ((string)metric!["name"]!).StartsWith("f1[" + longLabel, StringComparison.Ordinal) && (string?)metric["slice"] == "all"
            )
        );
        var listed = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations?model={Uri.EscapeDataString(model)}");
        Assert.Equal([run.PartitionKey], listed!["runs"]!.AsArray().Select(found => (string?)found!["runId"]));
    }

    [Fact]
    public async Task Dataset_with_a_long_name_is_evaluated_and_found_by_it()
    {
        var name = "long-name/" + new string('d', 600) + ".jsonl";
        _app.Endpoint.Answer = Parity.Answer;

        var run = await _app.EvaluateAsync(name, Parity.Spec, Parity.Rows("named", 20));
        Assert.Equal("Completed", run.GetString("Status"));
        using var http = _app.Http;
        var listed = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations?dataset={Uri.EscapeDataString(name)}");
        Assert.Equal([run.PartitionKey], listed!["runs"]!.AsArray().Select(found => (string?)found!["runId"]));
    }

    [Theory]
    [InlineData("bad/../test.jsonl")]
    [InlineData("bad//test.jsonl")]
    [InlineData("bad/te\u0001st.jsonl")]
    public async Task Name_that_storage_may_not_keep_is_refused_before_anything_is_reserved(string name)
    {
        using var http = _app.Http;

        using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset = name });

        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_name"),
            (answer.StatusCode, (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"])
        );
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/api/evaluations/{new string('r', 700)}")).StatusCode);
    }

    /// <summary>The message on a run's end in the app's queue.</summary>
    private async Task<JsonObject> ToldAsync(string runId)
    {
        var queue = new QueueClient(
            _app.Host.StorageConnectionString,
            "evaluation-verdicts",
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
        );
        JsonObject? told = null;
        await Eventually.TrueAsync(
            () =>
                queue.Exists()
                && (
                    told = queue
                        .PeekMessages(32)
                        .Value.Select(message => JsonNode.Parse(message.Body.ToString())!.AsObject())
                        .FirstOrDefault(message => (string?)message["data"]!["runId"] == runId)
                )
                    is not null,
            "the message is in the queue"
        );
        return told!;
    }

    private async Task<(int ExitCode, string Output)> ShowAsync(string runId)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [typeof(LocalFunctionsHost).Assembly.Location, "show", runId, "--url", _app.Host.AppUrl.ToString()]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    /// <summary>A row in a slice of its number: most are short, three have long names; the last four rows have the long labels.</summary>
    private static string RowOfLongTags(int number, string[] labels, string longValue) =>
        JsonSerializer.Serialize(
            new
            {
                id = $"n{number}",
                input = $"long {number}",
                expected = number < 36 ? (number % 2 == 0 ? "even" : "odd") : labels[2 + (number % 2)],
                tags = new
                {
                    source = number switch
                    {
                        3 => longValue + "1",
                        4 => longValue + "2",
                        5 => new string('x', 40_000),
                        _ => "short",
                    },
                },
            }
        );
}
