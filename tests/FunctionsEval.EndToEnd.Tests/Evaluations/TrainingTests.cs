using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>What a run makes of the rows the model was tuned on, and of rows answered several times.</summary>
public sealed class TrainingTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Samples_that_are_in_the_training_file_are_told_and_scored_apart()
    {
        // The last ten of forty samples are training rows.
        await _app.DropAsync("leaky/train.jsonl", Spec(), Enumerable.Range(30, 50).Select(number => Parity.Row("leaky", number)));
        var run = await _app.EvaluateAsync("leaky/test.jsonl", null, Parity.Rows("leaky", 40));

        var summary = await _app.SummaryAsync(run.PartitionKey);
        Assert.Equal(
            ("datasets/leaky/train.jsonl", 50, 10, 0),
            (
                (string?)summary["leakage"]!["trainingFile"],
                (int)summary["leakage"]!["trainingRows"]!,
                (int)summary["leakage"]!["exact"]!,
                (int)summary["leakage"]!["ngrams"]!
            )
        );
        Assert.Equal(10, (await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|leaked=yes")).GetInt64("Samples"));
        Assert.Equal(30, (await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|leaked=no")).GetInt64("Samples"));
        Assert.Empty(await _app.RunsAsync("leaky/train.jsonl"));
    }

    [Fact]
    public async Task Few_shot_examples_come_from_the_training_file_before_each_sample()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<JsonArray>();
        _app.Endpoint.Seen = body => seen.Add(body["messages"]!.AsArray());
        await _app.DropAsync(
            "shots/train.jsonl",
            Spec(""" "prompt": { "system": "Say even or odd.", "user": "Number: {{ input }}", "fewShot": { "count": 3, "seed": 5 } }, """),
            Enumerable.Range(100, 20).Select(number => Parity.Row("shots", number))
        );
        var etag = await _app.DropAsync("shots/test.jsonl", null, Parity.Rows("shots", 12));

        Assert.Equal("Completed", (await _app.EndedAsync("shots/test.jsonl", etag)).GetString("Status"));

        _app.Endpoint.Seen = null;
        var asked = seen.Where(turns => ((string)turns[^1]!["content"]!).StartsWith("Number: shots ", StringComparison.Ordinal)).ToList();
        Assert.Equal(12, asked.Count);
        Assert.All(
            asked,
            turns =>
                Assert.Equal(
                    ["system", "user", "assistant", "user", "assistant", "user", "assistant", "user"],
                    turns.Select(turn => (string)turn!["role"]!)
                )
        );
        Assert.Single(asked.Select(turns => string.Concat(turns.Take(7).Select(turn => turn!.ToJsonString()))).Distinct());
        Assert.StartsWith("Number: shots 1", (string?)asked[0][1]!["content"], StringComparison.Ordinal);
        Assert.Contains((string?)asked[0][2]!["content"], new[] { "even", "odd" });
    }

    [Fact]
    public async Task Few_shot_without_its_file_is_told_before_a_call_is_made()
    {
        var run = await _app.EvaluateAsync(
            "noshots/test.jsonl",
            Spec(""" "prompt": { "fewShot": { "count": 3 } }, """),
            Parity.Rows("noshots", 12)
        );
        Assert.Equal(("Failed", "training_file"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains("datasets/noshots/train.jsonl", run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.DoesNotContain(_app.Endpoint.Requests.Keys, prompt => prompt.StartsWith("noshots", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("put", "evaluation.json", "train.jsonl")]
    [InlineData("putdeep", "evaluation.json", "data/train.jsonl")]
    [InlineData("putown", "test.jsonl.evaluation.json", "train.jsonl")]
    public async Task Uploaded_training_file_is_stored_and_evaluated_by_nobody(string suite, string specName, string training)
    {
        await _app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient($"{suite}/{specName}")
            .UploadAsync(BinaryData.FromString(Spec().Replace("\"train.jsonl\"", $"\"{training}\"", StringComparison.Ordinal)));
        var rows = string.Join('\n', Enumerable.Range(5, 20).Select(number => Parity.Row(suite, number)));

        var (status, body) = await PutAsync($"{suite}/{training}", rows);
        Assert.Equal(
            (HttpStatusCode.Created, $"{suite}/{training}", $"{suite}/{specName}"),
            (status, (string?)body["dataset"], (string?)body["trainingFileOf"])
        );
        Assert.Equal("dataset_exists", (string?)(await PutAsync($"{suite}/{training}", rows)).Body["code"]);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync($"{suite}/{training}?replace=true", rows)).Status);

        // The dataset comes last, and its run finds the file.
        var runId = (string)(await PutAsync($"{suite}/test.jsonl", string.Join('\n', Parity.Rows(suite, 10)))).Body["runId"]!;
        await _app.EndedAsync($"{suite}/test.jsonl", row => row.PartitionKey == runId);
        Assert.Equal(5, (int)(await _app.SummaryAsync(runId))["leakage"]!["exact"]!);
        Assert.Empty(await _app.RunsAsync($"{suite}/{training}"));
        Assert.Equal(10, _app.Endpoint.Requests.Count(request => request.Key.StartsWith($"{suite} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Training_file_of_a_spec_that_cannot_be_used_yet_is_no_failed_run()
    {
        var spec = Spec().Replace("\"recorded\"", "\"not-deployed\"", StringComparison.Ordinal);
        await _app.Blobs.GetBlobContainerClient("datasets").GetBlobClient("early/evaluation.json").UploadAsync(BinaryData.FromString(spec));

        Assert.Equal(HttpStatusCode.Created, (await PutAsync("early/train.jsonl", Parity.Row("early", 1))).Status);

        Assert.Equal("unknown_model", (string?)(await PutAsync("early/test.jsonl", Parity.Row("early", 2))).Body["code"]);
        Assert.Empty(await _app.RunsAsync("early/train.jsonl"));
    }

    [Fact]
    public async Task Repeats_answer_every_row_so_often_and_score_offline_the_same()
    {
        var calls = 0;
        _app.Endpoint.AnswerOf["recorded-base"] = prompt => (200, Interlocked.Increment(ref calls) % 3 == 0 ? "even" : "odd");
        var spec = Spec(""" "repeats": 3, """)
            .Replace("\"recorded\"", "\"recorded-base\"", StringComparison.Ordinal)
            .Replace("""["accuracy"]""", """["accuracy", { "name": "pass_at_k", "k": [1, 2, 3] }]""", StringComparison.Ordinal)
            .Replace(""" "trainingFile": "train.jsonl", """, "", StringComparison.Ordinal);
        var run = await _app.EvaluateAsync("thrice/test.jsonl", spec, Parity.Rows("thrice", 25));

        Assert.Equal(("Completed", 75L), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.All(Enumerable.Range(0, 25), number => Assert.Equal(3, _app.Endpoint.Requests[$"thrice {number}"]));
        var accuracy = await _app.MetricAsync(run.PartitionKey, "candidate|accuracy|all");
        Assert.Equal("wilson", accuracy.GetString("Interval"));
        Assert.NotNull(accuracy.GetDouble("NoiseFloor"));
        var passes = await _app.MetricAsync(run.PartitionKey, "candidate|pass_at_1|all");
        Assert.Equal(accuracy.GetDouble("Value")!.Value, passes.GetDouble("Value")!.Value, 1e-12);
        Assert.Equal(1, (await _app.MetricAsync(run.PartitionKey, "candidate|pass_at_k_coverage|all")).GetDouble("Value"));

        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), await _app.SamplesAsync(run.PartitionKey));
        var read = SpecReader.Read(spec, "evaluation.json");
        foreach (var line in OfflineScore.Compute(read, new PredictionFile(directory.Combine("samples.jsonl"), read).Read()).Metrics)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, line.NoiseFloor),
                (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper"), row.GetDouble("NoiseFloor"))
            );
        }
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> PutAsync(string name, string content)
    {
        using var http = _app.Http;
        using var answer = await http.PutAsync($"/api/datasets/{name}", new StringContent(content));
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private static string Spec(string more = "") =>
        $$"""
            { "task": "classification", "model": "recorded", "trainingFile": "train.jsonl", {{more}} "labels": ["even", "odd"], "metrics": ["accuracy"] }
            """;
}
