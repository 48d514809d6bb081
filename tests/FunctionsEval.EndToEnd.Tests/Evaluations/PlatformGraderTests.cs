using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Graders of the platforms and HTTP graders, from a spec to the table. The model converts lengths, and is wrong on purpose on some; the
/// HTTP grader is the example of docs/graders.md, in a process of its own.
/// </summary>
public sealed class PlatformGraderTests(AppPool pool)
{
    private const int Rows = 30;

    private const string Spec = """
        {"task":"generation","model":"recorded","prompt":{"user":"CONVERT {{ metres }}"},"columns":{"reference":"target"},"metrics":[
          {"name":"grader","prefix":"unit_","grader":{"type":"string_check","name":"unit","input":"{{sample.output_text}}","reference":" km","operation":"like"}},
          {"name":"grader","prefix":"json_","grader":{"type":"string_check","name":"json","input":"{{sample.output_json.km}}","reference":"{{item.metres}}","operation":"ne"}},
          {"name":"grader","prefix":"reward_","model":"recorded-judge","grader":{"type":"multi","name":"reward","pass_threshold":0.9,
            "calculate_output":"0.5 * length + 0.25 * text + 0.25 * judge","graders":{
              "length":{"type":"http","name":"length","endpoint":"units"},
              "text":{"type":"text_similarity","name":"text","input":"{{sample.output_text}}","reference":"{{item.target}}","evaluation_metric":"fuzzy_match"},
              "judge":{"type":"score_model","name":"judge","model":"gpt-4o","range":[0,1],"input":[
                {"role":"developer","content":"JUDGE"},{"role":"user","content":"{{item.metres}}|{{sample.output_text}}"}]}}}}]}
        """;

    [Fact]
    public async Task Grades_of_every_kind_are_computed_once_and_a_failure_is_never_0()
    {
        await using var grader = await ExampleGrader.StartAsync();
        await using var app = await EvaluationApp.StartAsync([
            .. grader.Settings,
            ("Evaluation__MinRowsPerShard", "10"),
            ("Evaluation__MaxRowsPerShard", "10"),
        ]);
        app.Endpoint.Answer = Answer;
        var run = await app.EvaluateAsync("lengths/test.jsonl", Spec, Enumerable.Range(0, Rows).Select(Row));

        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        var graded = Enumerable.Range(0, Rows).Where(number => !HasNoTarget(number)).ToList();
        await AssertAsync(
            "unit_grader_score",
            Enumerable.Range(0, Rows).Average(number => AnswerTo(number).Contains(" km", StringComparison.Ordinal) ? 1 : 0),
            Rows
        );
        // No answer is JSON: each is wrong, although "ne" would hold for a text that is not there.
        await AssertAsync("json_grader_score", 0, Rows);
        await AssertAsync("json_grader_missing_rate", 1, Rows);
        await AssertAsync("reward_grader_score[length]", graded.Average(Length), graded.Count);
        await AssertAsync("reward_grader_score[text]", graded.Average(Similarity), graded.Count);
        await AssertAsync("reward_grader_score[judge]", graded.Average(Judged), graded.Count);
        await AssertAsync("reward_grader_score", graded.Average(Reward), graded.Count);
        await AssertAsync("reward_grader_pass_rate", graded.Average(number => Reward(number) >= 0.9 ? 1 : 0), graded.Count);
        await AssertAsync("reward_grader_coverage", (double)graded.Count / Rows, Rows);

        // Only the judge has a bill, and the log alone gives the same numbers.
        var usage = (await app.SummaryAsync(run.PartitionKey))["usage"]!.AsObject();
        Assert.Equal(["candidate", "candidate/reward_grader.judge"], usage.Select(caller => caller.Key));
        Assert.Contains(
            "\"reason\":\"grader_error: The grader gave the error ",
            await app.SamplesAsync(run.PartitionKey),
            StringComparison.Ordinal
        );
        foreach (var line in (await app.ScoreOfflineAsync(run.PartitionKey, Spec)).Metrics)
        {
            var row = await app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
        }

        var outside = await app.OutsideRunsAsync();
        Assert.DoesNotContain(outside, place => place.Contains(ExampleGrader.Secret, StringComparison.Ordinal));

        async Task AssertAsync(string name, double expected, long count)
        {
            var row = await app.MetricAsync(run.PartitionKey, $"candidate|{name}|all");
            Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
            Assert.Equal(count, row.GetInt64("Samples"));
        }
    }

    /// <summary>A grader that nobody runs ends the run; once it is there, the run goes on, and no answer is paid a second time.</summary>
    [Fact]
    public async Task Run_whose_grader_is_away_fails_and_is_resumed_without_paying_an_answer_twice()
    {
        (string, string)[] settings =
        [
            ("ModelCalls__MaxOutage", "00:00:01"),
            ("Graders__Http__units__MaxAttempts", "1"),
            ("Graders__Http__units__Secret", ExampleGrader.Secret),
        ];
        int port;
        await using (var gone = await ExampleGrader.StartAsync())
        {
            port = gone.Port;
        }

        await using var app = await EvaluationApp.StartAsync([
            .. settings,
            ("Graders__Http__units__Url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
        ]);
        app.Endpoint.Answer = Answer;
        var failed = await app.EvaluateAsync("away/test.jsonl", Spec, Enumerable.Range(0, Rows).Select(Row));

        Assert.Equal(("Failed", "grader_unreachable"), (failed.GetString("Status"), failed.GetString("ErrorCode")));
        await using var back = await ExampleGrader.StartAsync(port);
        using (var answer = await app.Http.PostAsync($"/api/evaluations/{failed.PartitionKey}/resume", content: null))
        {
            answer.EnsureSuccessStatusCode();
        }

        var run = await app.EndedAsync("away/test.jsonl", row => row.GetString("Status") == "Completed");
        Assert.Equal((long)Rows, run.GetInt64("CandidateScored"));
        Assert.All(Enumerable.Range(0, Rows), number => Assert.Equal(1, app.Endpoint.Requests[$"CONVERT {Metres(number)}"]));
    }

    [Theory]
    [InlineData("""{"type":"http","endpoint":"nobody"}""", "Graders__Http__nobody__Url")]
    [InlineData("""{"type":"python","name":"p","source":"def grade(sample, item): return 1"}""", "docs/graders.md")]
    [InlineData(
        """{"type":"score_model","name":"s","model":"gpt-4o","input":[{"role":"user","content":"x"}]}""",
        "metrics[0].grader.model: model 'gpt-4o' is not configured"
    )]
    public async Task Grader_that_cannot_work_is_refused_before_anything_is_paid(string grader, string told)
    {
        await using var app = await EvaluationApp.BorrowAsync(pool);
        var run = await app.EvaluateAsync(
            "refused/test.jsonl",
            $$"""{"task":"generation","model":"recorded","metrics":[{"name":"grader","grader":{{grader}}}]}""",
            ["""{"input":"refused","expected":"a"}"""]
        );

        Assert.Equal("Failed", run.GetString("Status"));
        Assert.Contains(told, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Empty(app.Endpoint.Requests);
    }

    private static string Row(int number) =>
        new JsonObject
        {
            ["id"] = $"n{number}",
            ["input"] = $"{number}",
            ["metres"] = Metres(number).ToString(CultureInfo.InvariantCulture),
            ["target"] = Target(number),
        }.ToJsonString();

    private static int Metres(int number) => 1000 * (number + 1);

    private static bool HasNoTarget(int number) => number % 10 == 9;

    private static string Target(int number) => HasNoTarget(number) ? "unknown" : $"{Metres(number)} m";

    /// <summary>In kilometres; of every third number ten times too far, of every seventh no length.</summary>
    private static string AnswerTo(int number) =>
        number % 7 == 0 ? "far away"
        : number % 3 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{10 * (number + 1)} km")
        : string.Create(CultureInfo.InvariantCulture, $"{number + 1} km");

    private static double Length(int number) => number % 7 != 0 && number % 3 != 0 ? 1 : 0;

    private static double Judged(int number) => number % 2 == 0 ? 1 : 0.5;

    /// <summary>By the definition: twice the longest common subsequence ÷ both lengths.</summary>
    private static double Similarity(int number)
    {
        var (first, second) = (AnswerTo(number), Target(number));
        var lengths = new int[first.Length + 1, second.Length + 1];
        for (var i = 1; i <= first.Length; i++)
        {
            for (var j = 1; j <= second.Length; j++)
            {
                lengths[i, j] = first[i - 1] == second[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
            }
        }

        return 2.0 * lengths[first.Length, second.Length] / (first.Length + second.Length);
    }

    private static double Reward(int number) => (0.5 * Length(number)) + (0.25 * Similarity(number)) + (0.25 * Judged(number));

    private static (int Status, string Text) Answer(string prompt)
    {
        if (prompt.StartsWith("CONVERT ", StringComparison.Ordinal))
        {
            return (200, AnswerTo(NumberOf(prompt[8..])));
        }

        var judged = Judged(NumberOf(prompt.Split('|')[0]));
        return (200, string.Create(CultureInfo.InvariantCulture, $"{{\"score\":{judged}}}"));
    }

    private static int NumberOf(string metres) => (int.Parse(metres, CultureInfo.InvariantCulture) / 1000) - 1;
}
