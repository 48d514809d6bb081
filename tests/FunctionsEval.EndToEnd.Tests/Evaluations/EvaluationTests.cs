using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>One app for the tests of this folder; shards of ten rows, so that small datasets have several.</summary>
public sealed class SharedApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(("Evaluation__MinRowsPerShard", "10"), ("Evaluation__MaxRowsPerShard", "10"));
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class EvaluationTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Dropped_dataset_ends_as_the_numbers_that_are_true_by_construction()
    {
        var etag = await _app.DropAsync("drop/test.jsonl", Parity.Spec, Parity.Rows("drop", 100));

        var run = await _app.EndedAsync("drop/test.jsonl", etag);

        // Of each ten numbers one is answered wrongly and one unparsably, which counts as wrong.
        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Equal("pass", run.GetString("Verdict"));
        Assert.Equal((100L, 90L, 10L), (run.GetInt64("Samples"), run.GetInt64("CandidateScored"), run.GetInt64("CandidateUnparsable")));
        var accuracy = await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|all");
        Assert.Equal(0.8, accuracy.GetDouble("Value")!.Value, 12);
        Assert.Equal(100, accuracy.GetInt64("Samples"));
        Assert.InRange(accuracy.GetDouble("Lower")!.Value, 0.70, 0.72); // Wilson, 80 of 100: 0.7112
        Assert.All(Enumerable.Range(0, 100), number => Assert.Equal(1, _app.Endpoint.Requests[$"drop {number}"]));

        var summary = await _app.SummaryAsync(run.PartitionKey);
        Assert.Equal("candidate", (string)Assert.Single(summary["confusionMatrices"]!.AsArray())!["role"]!);
        Assert.Contains(summary["examples"]!["candidate"]!.AsArray(), example => (string?)example!["text"] == "I believe it is even");
        var ids = (await _app.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (string)JsonNode.Parse(line)!["id"]!);
        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"n{number}"), ids);
    }

    [Fact]
    public async Task Http_start_gives_the_numbers_that_an_offline_score_of_its_samples_gives()
    {
        await _app.DropAsync("offline/test.jsonl", null, Parity.Rows("offline", 60)); // Without a spec: a failed run, and the dataset is there.
        using var http = _app.Http;
        var body = new { dataset = "offline/test.jsonl", spec = JsonNode.Parse(Parity.Spec) };

        using var started = await http.PostAsync("/api/evaluations", JsonContent.Create(body));
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var runId = (string)(await started.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        Assert.Equal($"/api/evaluations/{runId}", started.Headers.Location!.ToString());
        await EndedAsync(http, runId);

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), await _app.SamplesAsync(runId));
        var spec = SpecReader.Read(Parity.Spec, "evaluation.json");
        var offline = OfflineScore.Compute(spec, new PredictionFile(directory.Combine("samples.jsonl"), spec).Read());
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(runId, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, (long?)line.Samples),
                (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper"), row.GetInt64("Samples"))
            );
        }

        var paid = _app.Endpoint.Total;
        using var again = await http.PostAsync("/api/evaluations", JsonContent.Create(body));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(runId, (string?)(await again.Content.ReadFromJsonAsync<JsonObject>())!["runId"]);
        Assert.Equal(paid, _app.Endpoint.Total);
        var page = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{runId}/samples?outcome=unparsable&size=3");
        Assert.Equal(["n8", "n18", "n28"], page!["samples"]!.AsArray().Select(sample => (string?)sample!["id"]));
        var next = await http.GetFromJsonAsync<JsonObject>(
            $"/api/evaluations/{runId}/samples?outcome=unparsable&size=3&offset={page["next"]}"
        );
        using var askew = await http.GetAsync($"/api/evaluations/{runId}/samples?offset=7");
        Assert.Equal(HttpStatusCode.BadRequest, askew.StatusCode);
        var beyond = await http.GetFromJsonAsync<JsonObject>($"/api/evaluations/{runId}/samples?offset=1000000");
        Assert.Empty(beyond!["samples"]!.AsArray());
        Assert.Equal(["n38", "n48", "n58"], next!["samples"]!.AsArray().Select(sample => (string?)sample!["id"]));
    }

    /// <summary>Oracle: the definitions, worked out here from the probabilities that the endpoint gives.</summary>
    [Fact]
    public async Task Label_probabilities_give_the_scores_of_their_definitions()
    {
        const int Rows = 30;
        double Probability(int number) => (1 + (number * 7 % Rows)) / 32.0;
        bool IsYes(int number) => number % 3 == 0;
        const string Spec = """
            {"task":"classification","model":"recorded","labels":["yes","no"],"positiveLabel":"yes","prompt":{"user":"{{ input }}"},
             "metrics":["log_loss","brier","roc_auc","average_precision","calibration","accuracy"]}
            """;
        _app.Endpoint.Answer = prompt =>
            prompt.StartsWith("prob ", StringComparison.Ordinal)
                ? (200, Probability(Number(prompt)) >= 0.5 ? "yes" : "no")
                : Parity.Answer(prompt);
        _app.Endpoint.Probabilities = prompt => new Dictionary<string, double>
        {
            ["yes"] = Probability(Number(prompt)) * 0.8,
            ["no"] = (1 - Probability(Number(prompt))) * 0.8,
            ["maybe"] = 0.2, // No label: the others are scaled to 1.
        };
        var etag = await _app.DropAsync(
            "prob/test.jsonl",
            Spec,
            Enumerable
                .Range(0, Rows)
                .Select(number => $$"""{"id":"p{{number}}","input":"prob {{number}}","expected":"{{(IsYes(number) ? "yes" : "no")}}"}""")
        );

        var run = await _app.EndedAsync("prob/test.jsonl", etag);

        Assert.Equal("Completed", run.GetString("Status"));
        int[] all = [.. Enumerable.Range(0, Rows)];
        var pairs = from yes in all where IsYes(yes) from no in all where !IsYes(no) select Probability(yes) > Probability(no) ? 1 : 0;
        var ranked = all.OrderByDescending(Probability).ToArray();
        var precisions = ranked
            .Index()
            .Where(item => IsYes(item.Item))
            .Select(item => (double)ranked.Take(item.Index + 1).Count(IsYes) / (item.Index + 1));
        await AssertValueAsync("log_loss", all.Average(number => -Math.Log(IsYes(number) ? Probability(number) : 1 - Probability(number))));
        await AssertValueAsync("brier", all.Average(number => Math.Pow(Probability(number) - (IsYes(number) ? 1 : 0), 2)));
        await AssertValueAsync("roc_auc", pairs.Average());
        await AssertValueAsync("average_precision", precisions.Average());
        Assert.Equal(
            Rows,
            (await _app.SummaryAsync(run.PartitionKey))["calibration"]!.AsArray().Single()!["bins"]!
                .AsArray()
                .Sum(bin => (int)bin!["count"]!)
        );

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), await _app.SamplesAsync(run.PartitionKey));
        var spec = SpecReader.Read(Spec, "evaluation.json");
        var offline = new PredictionFile(directory.Combine("samples.jsonl"), spec).Score(threads: 2);
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
            Assert.NotEqual(line.Lower is null, line.NoInterval is null);
        }

        static int Number(string prompt) => int.Parse(prompt.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture);

        async Task AssertValueAsync(string name, double expected)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"candidate|{name}|all");
            Assert.Equal((long)Rows, row.GetInt64("Samples"));
            Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
        }
    }

    /// <summary>Oracle: lm-evaluation-harness' definitions, worked out here from the endpoint's rule for words.</summary>
    [Fact]
    public async Task Multiple_choice_is_scored_by_the_likelihood_of_each_choice()
    {
        const string Spec = """{"task":"multiple_choice","model":"recorded-lm","prompt":{"user":"Question {{ input }} Answer: "}}""";
        string[][] choices =
        [
            ["aa", "b", "ccc dd"],
            ["zz", "aaaa a"],
            ["q", "r", "s", "t"],
        ];
        (string[] Choices, int Gold)[] questions =
        [
            .. Enumerable.Range(0, 30).Select(number => (choices[number % 3], number % choices[number % 3].Length)),
        ];
        var etag = await _app.DropAsync(
            "choice/test.jsonl",
            Spec,
            questions.Select(
                (question, number) =>
                    new JsonObject
                    {
                        ["id"] = $"q{number}",
                        ["input"] = $"choice {number}",
                        ["choices"] = new JsonArray([.. question.Choices.Select(choice => (JsonNode)choice)]),
                        ["answer"] = question.Gold,
                    }.ToJsonString()
            )
        );

        var run = await _app.EndedAsync("choice/test.jsonl", etag);

        static double Likelihood(string choice) => choice.Split(' ').Sum(RecordingEndpoint.WordLogProbability);
        Assert.Equal("Completed", run.GetString("Status"));
        await AssertAsync(
            "acc",
            questions.Average(question => question.Choices.MaxBy(Likelihood) == question.Choices[question.Gold] ? 1 : 0)
        );
        await AssertAsync(
            "acc_norm",
            questions.Average(question =>
                question.Choices.MaxBy(choice => Likelihood(choice) / choice.Length) == question.Choices[question.Gold] ? 1 : 0
            )
        );
        await AssertAsync(
            "choice_brier",
            questions.Average(question =>
            {
                var total = question.Choices.Sum(choice => Math.Exp(Likelihood(choice)));
                return question
                    .Choices.Select(
                        (choice, index) => Math.Pow((Math.Exp(Likelihood(choice)) / total) - (index == question.Gold ? 1 : 0), 2)
                    )
                    .Sum();
            })
        );
        Assert.Equal(1, _app.Endpoint.Requests["echo Question choice 7 Answer: aaaa a"]);

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), await _app.SamplesAsync(run.PartitionKey));
        var offline = new PredictionFile(directory.Combine("samples.jsonl"), SpecReader.Read(Spec, "evaluation.json")).Score(threads: 2);
        Assert.Equal(
            (await _app.MetricAsync(run.PartitionKey, "candidate|acc|all")).GetDouble("Value"),
            offline.Metrics.Single(line => line.Name == "acc").Value
        );

        async Task AssertAsync(string name, double expected)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"candidate|{name}|all");
            Assert.Equal(30L, row.GetInt64("Samples"));
            Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
        }
    }

    [Fact]
    public async Task Same_bytes_dropped_twice_run_once_and_changed_bytes_run_again()
    {
        var first = await _app.DropAsync("twice/test.jsonl", Parity.Spec, Parity.Rows("twice", 20));
        var run = await _app.EndedAsync("twice/test.jsonl", first);
        await _app.DropAsync("twice/test.jsonl", Parity.Spec, Parity.Rows("twice", 20));
        // The trigger handles blobs in order of arrival: once the later one has run, the repeated one has been looked at.
        var changed = await _app.DropAsync("twice/other.jsonl", null, Parity.Rows("twice-other", 20));
        await _app.EndedAsync("twice/other.jsonl", changed);
        using var http = _app.Http;
        using var posted = await http.PostAsync("/api/evaluations", JsonContent.Create(new { dataset = "twice/test.jsonl" }));

        Assert.Equal(run.PartitionKey, (string?)(await posted.Content.ReadFromJsonAsync<JsonObject>())!["runId"]);
        Assert.Single(await _app.RunsAsync("twice/test.jsonl"));
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(1, _app.Endpoint.Requests[$"twice {number}"]));

        var more = await _app.DropAsync("twice/test.jsonl", Parity.Spec, Parity.Rows("twice", 30));
        Assert.NotEqual(run.PartitionKey, (await _app.EndedAsync("twice/test.jsonl", more)).PartitionKey);
        Assert.NotNull(await _app.SummaryAsync(run.PartitionKey));
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

        var etag = await _app.DropAsync($"{suite}/{file}", spec, Encoding.UTF8.GetBytes(content));
        var run = await _app.EndedAsync($"{suite}/{file}", etag);

        Assert.Equal(("Failed", code), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains(told, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Equal(paid, _app.Endpoint.Requests.Keys.Count(prompt => prompt.StartsWith('x')));
    }

    [Fact]
    public async Task Blob_that_is_no_dataset_starts_nothing()
    {
        await _app.DropAsync("companions/README.md", Parity.Spec, ["# Not a dataset"]);
        var etag = await _app.DropAsync("companions/test.jsonl", null, Parity.Rows("companions", 10));

        await _app.EndedAsync("companions/test.jsonl", etag);

        Assert.Empty(await _app.RunsAsync("companions/README.md"));
        Assert.Empty(await _app.RunsAsync("companions/evaluation.json"));
    }

    [Fact]
    public async Task Malformed_row_is_counted_with_its_line_in_the_dataset()
    {
        var lines = Parity.Rows("malformed", 40).ToList();
        lines[32] = "{\"input\": oops";
        var etag = await _app.DropAsync("one-malformed/test.jsonl", Parity.Spec, lines);

        var run = await _app.EndedAsync("one-malformed/test.jsonl", etag);

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
        var etag = await _app.DropAsync("csv/test.csv", Parity.Spec, Encoding.UTF8.GetBytes(csv));

        var run = await _app.EndedAsync("csv/test.csv", etag);

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
        var etag = await _app.DropAsync(
            "privacy/test.jsonl",
            spec,
            [$$"""{"input":"{{Canary}} question","expected":"{{Canary}} reference"}""", $$"""{"input":"{{Canary}}" oops"""]
        );

        var run = await _app.EndedAsync("privacy/test.jsonl", etag);

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
