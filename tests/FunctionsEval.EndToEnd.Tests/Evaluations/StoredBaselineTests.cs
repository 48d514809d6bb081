using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// A run whose baseline's answers are those of an earlier run. The oracle is a run of the same spec with both models living: the
/// candidate's answers follow from a rule, so that everything but times must be the same.
/// </summary>
public sealed class StoredBaselineTests(AppPool pool)
{
    private const int Rows = 60;
    private const string Old = "recorded-base";

    private static int _suites;

    /// <summary>A test's own: tests have the same rows, and the app after one another.</summary>
    private readonly string _suite = $"stored-{Interlocked.Increment(ref _suites)}";

    /// <summary>The settings of the model that is gone after its run.</summary>
    private static readonly string[] OfOld = ["Provider", "Endpoint", "Deployment", "ApiKey", "InputPricePerMillionTokens"];

    private static (string Name, string Value)[] Settings =>
        [
            ("Evaluation__MinRowsPerShard", "10"),
            ("Evaluation__MaxRowsPerShard", "10"),
            ("Models__recorded__InputPricePerMillionTokens", "100"),
            ("Models__recorded__OutputPricePerMillionTokens", "1000"),
            ($"Models__{Old}__InputPricePerMillionTokens", "50"),
            ($"Models__{Old}__OutputPricePerMillionTokens", "500"),
        ];

    private string Dataset => $"{_suite}/test.jsonl";

    [Theory]
    [InlineData(7)]
    [InlineData(60)]
    public async Task Comparison_equals_that_with_both_models_living_although_the_baselines_model_is_gone(int rowsPerShard)
    {
        await using var app = WithAnswers(await EvaluationApp.StartAsync(Settings));
        var old = await app.EvaluateAsync(Dataset, Spec(Old), Parity.Rows("stored", Rows));
        var living = await app.StartedAsync(Dataset, Spec("recorded", baseline: Old));
        var asked = Asked(app);
        await LoseOldAsync(app, rowsPerShard);

        var run = await app.StartedAsync(Dataset, Spec("recorded", baseline: "run:latest"));

        Assert.Equal(("Completed", Old), (run.GetString("Status"), run.GetString("Baseline")));
        Assert.Equal(old.PartitionKey, run.GetString("BaselineRun"));
        Assert.Equal(2 * Rows, asked);
        Assert.Equal(asked, Asked(app));
        var (expected, actual) = (await app.SummaryAsync(living.PartitionKey), await app.SummaryAsync(run.PartitionKey));
        foreach (var part in new[] { "metrics", "tables", "outcomes", "coverage", "unparsableRate" })
        {
            Assert.Equal(expected[part]?.ToJsonString(), actual[part]?.ToJsonString());
        }

        // The verdict is the same, and the run has cost what its candidate has.
        Assert.Equal(
            expected["verdict"]!.ToJsonString().Replace("Cost 0.27", "Cost 0.18", StringComparison.Ordinal),
            actual["verdict"]!.ToJsonString()
        );
        Assert.Contains(actual["metrics"]!.AsArray(), line => line!["difference"] is not null);
        AssertPaidNothing(run, actual);
    }

    /// <summary>What was copied before the end is kept, and what is copied again is the same.</summary>
    [Theory]
    [InlineData(".state.json", false)]
    [InlineData(".jsonl?comp=appendblock", true)]
    public async Task Killed_while_answers_are_copied_gives_the_same_bytes(string moment, bool isCarriedOut)
    {
        await using var app = await BorrowAsync(withProxy: true);
        await app.EvaluateAsync(Dataset, Spec(Old), Parity.Rows("stored", Rows));
        var asked = Asked(app);
        var calm = await app.StartedAsync(Dataset, Spec("recorded", baseline: "run:latest"));
        app.KillOnce(
            call => call.Method == "PUT" && call.Path.Contains($"/baseline/shards/000002{moment}", StringComparison.Ordinal),
            isCarriedOut ? StorageFault.RefusedAfterCommit : StorageFault.Refused
        );

        var run = await app.StartedAsync(Dataset, Spec("recorded", baseline: "run:latest"), attempt: 1);

        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.Equal(asked, Asked(app));
        Assert.Equal(
            (await app.SummaryAsync(calm.PartitionKey))["metrics"]!.ToJsonString(),
            (await app.SummaryAsync(run.PartitionKey))["metrics"]!.ToJsonString()
        );
        for (var shard = 0; shard < Rows / 10; shard++)
        {
            Assert.Equal(await StatisticsAsync(app, calm, shard), await StatisticsAsync(app, run, shard));
        }
    }

    [Fact]
    public async Task Samples_that_the_earlier_run_did_not_evaluate_have_an_outcome_that_says_so()
    {
        await using var app = await BorrowAsync();
        var old = await app.EvaluateAsync(Dataset, Spec(Old, limits: """{ "maxRows": 40 }"""), Parity.Rows("stored", Rows));

        var run = await app.StartedAsync(Dataset, Spec("recorded", baseline: $"run:{old.PartitionKey}"));

        Assert.Equal(("Completed", 40L, 20L), (run.GetString("Status"), run.GetInt64("BaselineScored"), run.GetInt64("BaselineExhausted")));
        var summary = await app.SummaryAsync(run.PartitionKey);
        Assert.Contains(
            summary["warnings"]!.AsArray(),
            text => ((string)text!).Contains("no answer to 20 of 60", StringComparison.Ordinal)
        );
        var missing = (await app.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Where(sample => (string?)sample["baseline"]!["outcome"] == "exhausted")
            .ToList();
        Assert.Equal(Enumerable.Range(40, 20).Select(number => $"n{number}"), missing.Select(sample => (string)sample["id"]!));
        Assert.All(
            missing,
            sample => Assert.StartsWith("not_in_baseline_run: ", (string?)sample["baseline"]!["reason"], StringComparison.Ordinal)
        );
        // Nobody is asked once more for what the earlier run does not have.
        using var http = app.Http;
        using var resumed = await http.PostAsync($"/api/evaluations/{run.PartitionKey}/resume", content: null);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, resumed.StatusCode);
    }

    [Fact]
    public async Task Earlier_run_that_is_deleted_meanwhile_ends_the_run_and_one_that_is_missing_starts_none()
    {
        await using var app = await BorrowAsync();
        var none = await app.EvaluateAsync(Dataset, Spec("recorded", baseline: "run:latest"), Parity.Rows("stored", Rows));
        Assert.Equal(("Failed", "no_baseline_run"), (none.GetString("Status"), none.GetString("ErrorCode")));
        Assert.Contains("another model than 'recorded'", none.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Equal(0, app.Endpoint.Total);

        var old = await app.StartedAsync(Dataset, Spec(Old));
        await app.Blobs.GetBlobContainerClient("runs").DeleteBlobAsync($"{old.PartitionKey}/candidate/shards/000003.jsonl");
        var run = await app.StartedAsync(Dataset, Spec("recorded", baseline: "run:latest"));

        Assert.Equal(("Failed", "baseline_run_deleted"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains(old.PartitionKey, run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    /// <summary>The judge compares the candidate's answer with the earlier one, and is not asked about the earlier one again.</summary>
    [Fact]
    public async Task Judge_compares_with_stored_answers_and_their_grades_are_copied()
    {
        const string Judged = """{"name":"judge","model":"recorded-judge","labels":["even","odd"],"rubric":"GRADE {{ answer }}"}""";
        const string Duel = """
            {"name":"pairwise","model":"recorded-judge","prefix":"duel_","against":"baseline","rubric":"DUEL {{ answer_a }}|{{ answer_b }}"}
            """;
        await using var app = await BorrowAsync();
        app.Endpoint.AnswerOf["recorded-judge"] = prompt =>
            (200, prompt.StartsWith("DUEL", StringComparison.Ordinal) ? """{"label":"A"}""" : """{"label":"even"}""");
        var graded = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await app.EvaluateAsync(Dataset, Generation(Old, null, Judged), Parity.Rows("stored", Rows));
        var asked = Asked(app);
        app.Endpoint.Seen = body =>
        {
            if ((string?)body["model"] == "recorded-judge")
            {
                graded.Enqueue((string)body["messages"]!.AsArray()[^1]!["content"]!);
            }
        };

        var run = await app.StartedAsync(Dataset, Generation("recorded", "run:latest", $"{Judged},{Duel}"));
        app.Endpoint.Seen = null;
        var refused = await RefusalAsync(
            app,
            Generation("recorded", "run:latest", Judged.Replace("GRADE", "MARK", StringComparison.Ordinal))
        );

        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Equal(asked, Asked(app));
        Assert.Equal(Rows, graded.Count(prompt => prompt.StartsWith("GRADE", StringComparison.Ordinal)));
        Assert.Equal(2 * Rows, graded.Count(prompt => prompt.StartsWith("DUEL", StringComparison.Ordinal)));
        Assert.Equal((long)Rows, (await app.MetricAsync(run.PartitionKey, "baseline|judge_coverage|all")).GetInt64("Samples"));
        Assert.Equal((long)Rows, (await app.MetricAsync(run.PartitionKey, "candidate|duel_pairwise_win_rate|all")).GetInt64("Samples"));
        Assert.DoesNotContain(
            "baseline/judge",
            (await app.SummaryAsync(run.PartitionKey))["usage"]!.ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal("baseline_run_differs", (string?)refused["code"]);
        Assert.Contains("'judge'", (string?)refused["detail"], StringComparison.Ordinal);
    }

    /// <summary>An event that comes twice starts one run, although another run is the latest by then.</summary>
    [Fact]
    public async Task Upload_that_is_reported_twice_has_one_run_and_a_newer_latest_run_makes_another_by_request()
    {
        await using var app = await BorrowAsync();
        var first = await app.EvaluateAsync(Dataset, Spec(Old), Parity.Rows("stored", Rows));
        var spec = Spec("recorded", baseline: "run:latest");
        var run = await app.EvaluateAsync($"{_suite}/copy.jsonl", spec, Parity.Rows("stored", Rows));
        var second = await app.StartedAsync(Dataset, Spec(Old), attempt: 1);
        var again = await app.StartedAsync($"{_suite}/copy.jsonl", spec);

        Assert.Equal(first.PartitionKey, run.GetString("BaselineRun"));
        Assert.Equal(second.PartitionKey, again.GetString("BaselineRun"));
        Assert.NotEqual(run.PartitionKey, again.PartitionKey);
        Assert.Equal(run.GetString("SpecHash"), again.GetString("SpecHash"));
        Assert.Equal(again.PartitionKey, (await app.StartedAsync($"{_suite}/copy.jsonl", spec)).PartitionKey);
    }

    private async Task<JsonObject> RefusalAsync(EvaluationApp app, string spec)
    {
        using var http = app.Http;
        using var answer = await http.PostAsync(
            "/api/evaluations",
            JsonContent.Create(new { dataset = Dataset, spec = JsonNode.Parse(spec) })
        );
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<byte[]> StatisticsAsync(EvaluationApp app, TableEntity run, int shard) =>
        (
            await app
                .Blobs.GetBlobContainerClient("runs")
                .GetBlobClient($"{run.PartitionKey}/baseline/shards/{shard:D6}.statistics.bin")
                .DownloadContentAsync()
        ).Value.Content.ToArray();

    private static string Generation(string model, string? baseline, string metrics) =>
        $$"""
            { "task": "generation", "model": "{{model}}", {{(baseline is null ? "" : $"\"baseline\": \"{baseline}\",")}}
              "metrics": ["exact_match",{{metrics}}] }
            """;

    private static void AssertPaidNothing(TableEntity run, JsonObject summary)
    {
        Assert.Equal(
            (0L, 0L, 0L, 0.0),
            (
                run.GetInt64("BaselineRequests"),
                run.GetInt64("BaselineInputTokens"),
                run.GetInt64("BaselineOutputTokens"),
                run.GetDouble("BaselineCost")
            )
        );
        Assert.True(run.GetDouble("CandidateCost") > 0);
        Assert.Equal("""{"inputTokens":0,"outputTokens":0,"cost":0}""", summary["usage"]!["baseline"]!.ToJsonString());
    }

    private async Task<EvaluationApp> BorrowAsync(bool withProxy = false) =>
        WithAnswers(await EvaluationApp.BorrowAsync(pool, withProxy, Settings));

    private static EvaluationApp WithAnswers(EvaluationApp app)
    {
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.AnswerOf[Old] = OldAnswer;
        return app;
    }

    /// <summary>The app forgets the model, and shards are cut anew.</summary>
    private static Task LoseOldAsync(EvaluationApp app, int rowsPerShard = 10) =>
        app.RestartAsync([
            .. OfOld.Append("OutputPricePerMillionTokens").Select(name => ($"Models__{Old}__{name}", (string?)null)),
            ("Evaluation__MinRowsPerShard", $"{rowsPerShard}"),
            ("Evaluation__MaxRowsPerShard", $"{rowsPerShard}"),
        ]);

    /// <summary>Wrong where a number ends in 3 or 4.</summary>
    private static (int Status, string Text) OldAnswer(string prompt)
    {
        var number = int.Parse(prompt.Split(' ')[^1], CultureInfo.InvariantCulture);
        return (200, (number % 10) is 3 or 4 == (number % 2 == 0) ? "odd" : "even");
    }

    private static int Asked(EvaluationApp app) =>
        app.Endpoint.RequestsOf.Where(request => request.Key.Model == Old).Sum(request => request.Value);

    private static string Spec(string model, string? baseline = null, string limits = "") =>
        $$"""
            { "task": "classification", "model": "{{model}}", {{(baseline is null ? "" : $"\"baseline\": \"{baseline}\",")}}
              "labels": ["even", "odd"], "metrics": ["accuracy", "f1", "cost", "answer_length"], "slices": ["kind"],
              {{(limits.Length == 0 ? "" : $"\"limits\": {limits},")}}
              "gate": { "rules": [ {{(
                baseline is null
                    ? """{ "metric": "accuracy", "minimum": 0.1 }"""
                    : """{ "metric": "accuracy", "notWorseThanBaselineBy": 0.2 }, { "maximumCost": 1 }"""
            )}} ] } }
            """;
}
