using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>Judges and embeddings, from a spec to the table. What is expected is true by construction of the endpoint's answers.</summary>
public sealed class GraderTests(RefusedApp shared) : IClassFixture<RefusedApp>
{
    private const int Rows = 30;

    private const string Spec = """
        {"task":"generation","model":"recorded","prompt":{"user":"{{ input }}"},"metrics":[
          {"name":"judge","model":"recorded-judge","labels":["right","wrong"],"rubric":"JUDGE {{ answer }}|{{ reference }}|{{ topic }}"},
          {"name":"judge","model":"recorded-judge","prefix":"score_","scale":[1,5],"rubric":"SCORE {{ answer }}"},
          {"name":"semantic_similarity","model":"recorded-embedder"}]}
        """;

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Grades_are_counted_and_what_is_no_grade_is_never_taken_for_zero()
    {
        _app.Endpoint.Answer = Answer;
        var run = await _app.EvaluateAsync("graded/test.jsonl", Spec, Lines("graded"));

        // Of ten answers two are judged unreadably and one not at all; four of the other seven are right.
        Assert.Equal(("Completed", 30L), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        await AssertAsync("judge_pass_rate", 4 / 7.0, 21);
        await AssertAsync("judge_rate[wrong]", 3 / 7.0, 21);
        await AssertAsync("judge_unparsable_rate", 0.2, Rows);
        await AssertAsync("judge_coverage", 0.7, Rows);
        await AssertAsync("score_judge_score", Enumerable.Range(0, Rows).Average(number => 1 + (number % 5)), Rows);
        await AssertAsync(
            "semantic_similarity",
            Enumerable
                .Range(0, Rows)
                .Average(number =>
                    CosineSimilarity.Between(RecordingEndpoint.Embed(AnswerTo(number)), RecordingEndpoint.Embed(Reference(number)))!.Value
                ),
            Rows
        );

        // Each answer was paid for once, and so was each grade; the bills are apart.
        Assert.All(Enumerable.Range(0, Rows), number => Assert.Equal(1, _app.Endpoint.Requests[$"graded {number}"]));
        var usage = (await _app.SummaryAsync(run.PartitionKey))["usage"]!;
        Assert.Equal(10 * Rows, (int)usage["candidate"]!["inputTokens"]!);
        Assert.Equal(10 * Rows, (int)usage["candidate/score_judge"]!["inputTokens"]!);
        Assert.Equal(6 * Rows, (int)usage["candidate/semantic_similarity"]!["inputTokens"]!);

        var samples = await _app.SamplesAsync(run.PartitionKey);
        Assert.Contains("\"outcome\":\"judge_unparsable\"", samples, StringComparison.Ordinal);
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("samples.jsonl"), samples);
        var spec = SpecReader.Read(Spec, "evaluation.json");
        foreach (var line in new PredictionFile(directory.Combine("samples.jsonl"), spec).Score(threads: 2).Metrics)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, (long?)line.Samples),
                (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper"), row.GetInt64("Samples"))
            );
        }

        async Task AssertAsync(string name, double expected, long count)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"candidate|{name}|all");
            Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
            Assert.Equal(count, row.GetInt64("Samples"));
        }
    }

    /// <summary>
    /// The judge throttles for longer than a call waits: the shard is left and taken up again, and neither answers nor grades that are
    /// there are paid for a second time.
    /// </summary>
    [Fact]
    public async Task Answers_that_wait_for_their_grades_are_not_paid_again()
    {
        var throttled = 0;
        _app.Endpoint.RetryAfterSeconds = 31;
        _app.Endpoint.Answer = prompt =>
            prompt.StartsWith("SCORE", StringComparison.Ordinal) && Interlocked.Increment(ref throttled) <= 2
                ? (429, "rate_limit_exceeded")
                : Answer(prompt);
        var run = await _app.EvaluateAsync(
            "waiting/test.jsonl",
            Spec.Replace("JUDGE", "JUDGE waiting", StringComparison.Ordinal),
            Lines("waiting")
        );

        Assert.Equal(("Completed", 30L), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        Assert.True(throttled > 2);
        Assert.All(Enumerable.Range(0, Rows), number => Assert.Equal(1, _app.Endpoint.Requests[$"waiting {number}"]));
        Assert.All(
            _app.Endpoint.Requests.Where(request => request.Key.StartsWith("JUDGE waiting", StringComparison.Ordinal)),
            request => Assert.Equal(1, request.Value)
        );
        Assert.Equal((long)Rows, (await _app.MetricAsync(run.PartitionKey, "candidate|score_judge_score|all")).GetInt64("Samples"));
    }

    /// <summary>A grader whose key is wrong ends the run; what was paid for stays in the shard logs.</summary>
    [Fact]
    public async Task Grader_without_access_ends_the_run_and_keeps_the_answers()
    {
        _app.Endpoint.Answer = prompt => prompt.StartsWith("SCORE", StringComparison.Ordinal) ? (401, "invalid_api_key") : Answer(prompt);
        var failed = await _app.EvaluateAsync("locked/test.jsonl", Spec, Lines("locked"));

        Assert.Equal("Failed", failed.GetString("Status"));
        Assert.Contains("recorded-judge", Told(failed), StringComparison.Ordinal);
        var kept = new List<string>();
        var runs = _app.Blobs.GetBlobContainerClient("runs");
        await foreach (
            var blob in runs.GetBlobsAsync(
                Azure.Storage.Blobs.Models.BlobTraits.None,
                Azure.Storage.Blobs.Models.BlobStates.None,
                $"{failed.PartitionKey}/candidate/",
                TestContext.Current.CancellationToken
            )
        )
        {
            if (blob.Name.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                kept.Add((await runs.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToString());
            }
        }

        Assert.Contains("\"isPartial\":true", string.Concat(kept), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"judge","model":"nobody","labels":["a","b"]}""", "unknown_model", "metrics[0].model")]
    [InlineData("""{"name":"judge","model":"recorded-embedder","labels":["a","b"]}""", "invalid_spec", "gives embeddings, not answers")]
    [InlineData("""{"name":"semantic_similarity","model":"recorded-judge"}""", "invalid_spec", "gives no embeddings")]
    [InlineData("""{"name":"judge","model":"recorded-judge"}""", "invalid_spec", "scale")]
    [InlineData("""{"name":"judge","model":"recorded-judge","scale":[5,1]}""", "invalid_spec", "lowest and the highest")]
    [InlineData("""{"name":"judge","model":"recorded-judge","labels":["a"],"rubric":"{{ answer"}""", "invalid_spec", "Liquid")]
    public async Task Grader_that_cannot_work_is_refused_before_anything_is_paid(string metric, string code, string told)
    {
        var name =
            $"refused/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(metric)))[..8]}";
        var run = await _app.EvaluateAsync(
            $"{name}/test.jsonl",
            $$"""{"task":"generation","model":"recorded","metrics":[{{metric}}]}""",
            ["""{"input":"refused","expected":"a"}"""]
        );

        Assert.Equal("Failed", run.GetString("Status"));
        Assert.Contains(code, Told(run), StringComparison.Ordinal);
        Assert.Contains(told, Told(run), StringComparison.Ordinal);
        Assert.DoesNotContain("refused", _app.Endpoint.Requests.Keys);
    }

    private static string Told(TableEntity run) => string.Join(' ', run.Select(column => column.Value).OfType<string>());

    private static IEnumerable<string> Lines(string suite) =>
        Enumerable
            .Range(0, Rows)
            .Select(number =>
                new JsonObject
                {
                    ["id"] = $"g{number}",
                    ["input"] = $"{suite} {number}",
                    ["topic"] = "sums",
                    ["expected"] = Reference(number),
                }.ToJsonString()
            );

    private static string Reference(int number) => $"reference {(char)('a' + (number % 7))} text";

    private static string AnswerTo(int number) => $"answer {(char)('a' + (number % 3))} {number}";

    private static (int Status, string Text) Answer(string prompt)
    {
        var number = int.Parse(prompt.Split('|')[0].Split(' ')[^1], CultureInfo.InvariantCulture);
        return prompt.Split(' ')[0] switch
        {
            "JUDGE" when number % 10 is 0 or 1 => (200, "I cannot say."),
            "JUDGE" when number % 10 == 2 => (400, "content_filter"),
            "JUDGE" => (200, number % 10 < 7 ? """{"label":"right","reason":"same"}""" : "wrong"),
            "SCORE" => (200, string.Create(CultureInfo.InvariantCulture, $"{{\"score\":{1 + (number % 5)}}}")),
            _ => (200, AnswerTo(number)),
        };
    }
}
