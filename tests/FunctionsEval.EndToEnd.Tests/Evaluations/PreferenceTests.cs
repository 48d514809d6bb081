using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Pairs of answers, from the dataset to the table. The models multiply and err by a rule, and the judge computes the product itself, so
/// that what is expected follows from the rules.
/// </summary>
public sealed partial class PreferenceTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Rows = 40;

    private const string Spec = """
        {"task":"preference","model":"recorded","baseline":"recorded-base","metrics":[
          {"name":"pairwise","model":"recorded-judge","rubric":"REFERENCE {{ conversation }}|{{ answer_a }}|{{ answer_b }}"},
          {"name":"pairwise","model":"recorded-judge","prefix":"duel_","against":"baseline",
           "rubric":"DUEL {{ conversation }}|{{ answer_a }}|{{ answer_b }}"}],
         "gate":{"rules":[{"metric":"duel_pairwise_win_rate","lowerBoundAtLeast":0.5}]}}
        """;

    private const string LikelihoodSpec = """{"task":"preference_likelihood","model":"recorded-lm"}""";

    private static readonly int[] Numbers = [.. Enumerable.Range(0, Rows)];
    private static readonly int[] Compared = [.. Numbers.Where(BaselineAnswers)];

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Answers_are_compared_with_the_reference_and_with_the_baseline_in_both_orders()
    {
        var seen = new ConcurrentQueue<(string Model, string Prompt)>();
        _app.Endpoint.Seen = body => seen.Enqueue(((string)body["model"]!, (string)body["messages"]!.AsArray()[^1]!["content"]!));
        var run = await EvaluateAsync("pairs");
        _app.Endpoint.Seen = null;

        Assert.Equal(("Completed", (long)Rows), (run.GetString("Status"), run.GetInt64("CandidateScored")));
        await AssertNumbersAsync(run.PartitionKey);

        // Two calls for each comparison, and each question once.
        Assert.Equal((2 * Rows) + (4 * Compared.Length), seen.Count(call => call.Model == "recorded-judge"));
        Assert.Equal(Rows, seen.Count(call => call.Model == "recorded"));
        Assert.Equal(Rows, seen.Count(call => call.Model == "recorded-base"));

        // The candidate is compared with answers that are there: its shard comes after the baseline's.
        var order = seen.ToArray();
        foreach (var number in Compared)
        {
            var question = Question("pairs", number);
            Assert.True(Array.IndexOf(order, ("recorded-base", question)) < Array.IndexOf(order, ("recorded", question)));
        }
    }

    [Fact]
    public async Task Offline_score_gives_the_runs_numbers()
    {
        var run = await EvaluateAsync("offline");
        var offline = await _app.ScoreOfflineAsync(run.PartitionKey, Spec);

        Assert.Contains(offline.Metrics, line => line.Name == "duel_pairwise_length_controlled_win_rate");
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, (long?)line.Samples),
                (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper"), row.GetInt64("Samples"))
            );
        }
    }

    /// <summary>The worker ends while the judge is asked: what was paid stays, and the numbers are the same.</summary>
    [Fact]
    public async Task Comparison_goes_on_after_a_crash_without_being_paid_again()
    {
        using var gate = _app.Endpoint.HoldAfter(30, prompt => prompt.StartsWith("DUEL", StringComparison.Ordinal));
        UseRules();
        var etag = await _app.DropAsync("crashed/test.jsonl", Spec, Lines("crashed"));
        await gate.ReachedAsync();
        _app.KillWorkerAndItsLeases();
        gate.Open();
        var run = await _app.EndedAsync("crashed/test.jsonl", etag);

        Assert.Equal("Completed", run.GetString("Status"));
        await AssertNumbersAsync(run.PartitionKey);
        // A sample that was under evaluation is asked once more; one whose row is in the log is not.
        Assert.All(Compared, number => Assert.InRange(Asked("recorded-base", number), 1, 2));
        Assert.All(Numbers, number => Assert.InRange(Asked("recorded", number), 1, 2));

        int Asked(string model, int number) => _app.Endpoint.RequestsOf[(model, Question("crashed", number))];
    }

    [Fact]
    public async Task Comparison_with_a_baseline_that_the_spec_does_not_name_is_refused_before_anything_is_paid()
    {
        var run = await _app.EvaluateAsync(
            "alone/test.jsonl",
            """{"task":"preference","model":"recorded","metrics":[{"name":"pairwise","model":"recorded-judge","against":"baseline"}]}""",
            Lines("alone")
        );

        Assert.Equal("Failed", run.GetString("Status"));
        Assert.Contains("metrics[0].against", run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.DoesNotContain(_app.Endpoint.Requests.Keys, prompt => prompt.StartsWith("alone", StringComparison.Ordinal));
    }

    /// <summary>Oracle: the endpoint's rule for words, summed over those of each answer.</summary>
    [Fact]
    public async Task Likelihood_of_the_preferred_answer_is_held_against_that_of_the_other()
    {
        var run = await _app.EvaluateAsync("likely/test.jsonl", LikelihoodSpec, Lines("likely"));

        Assert.Equal("Completed", run.GetString("Status"));
        var margins = Numbers.Select(number => Likelihood(Preferred(number)) - Likelihood(Other(number))).ToArray();
        var perToken = Numbers
            .Select(number =>
                (Likelihood(Preferred(number)) / Words(Preferred(number))) - (Likelihood(Other(number)) / Words(Other(number)))
            )
            .ToArray();
        await AssertAsync(run.PartitionKey, "candidate|preference_accuracy", margins.Count(margin => margin > 0) / (double)Rows, Rows);
        await AssertAsync(run.PartitionKey, "candidate|preference_margin", margins.Average(), Rows);
        await AssertAsync(
            run.PartitionKey,
            "candidate|preference_accuracy_per_token",
            perToken.Count(margin => margin > 0) / (double)Rows,
            Rows
        );
        await AssertAsync(run.PartitionKey, "candidate|preference_margin_per_token", perToken.Average(), Rows);
        var offline = await _app.ScoreOfflineAsync(run.PartitionKey, LikelihoodSpec);
        Assert.Equal(
            (await _app.MetricAsync(run.PartitionKey, "candidate|preference_margin|all")).GetDouble("Value"),
            offline.Metrics.Single(line => line.Name == "preference_margin").Value
        );
    }

    private async Task AssertNumbersAsync(string runId)
    {
        // The reference is always right, so that the candidate ties where it is right too.
        await AssertAsync(runId, "candidate|pairwise_win_rate", Numbers.Average(number => IsRight(number) ? 0.5 : 0), Rows);
        await AssertAsync(
            runId,
            "baseline|pairwise_win_rate",
            Compared.Average(number => IsBaselineRight(number) ? 0.5 : 0),
            Compared.Length
        );
        Assert.NotNull((await _app.MetricAsync(runId, "candidate|pairwise_win_rate|all")).GetDouble("Difference"));

        await AssertAsync(runId, "candidate|duel_pairwise_coverage", Compared.Length / (double)Rows, Rows);
        await AssertAsync(runId, "candidate|duel_pairwise_wins", Share((own, other) => own && !other), Compared.Length);
        await AssertAsync(runId, "candidate|duel_pairwise_losses", Share((own, other) => !own && other), Compared.Length);
        await AssertAsync(runId, "candidate|duel_pairwise_ties", Share((own, other) => own == other), Compared.Length);
        await AssertAsync(
            runId,
            "candidate|duel_pairwise_win_rate",
            Share((own, other) => own && !other) + (Share((own, other) => own == other) / 2),
            Compared.Length
        );
        // Of two wrong answers the judge takes the first.
        await AssertAsync(
            runId,
            "candidate|duel_pairwise_first_place_rate",
            0.5 + (Share((own, other) => !own && !other) / 2),
            Compared.Length
        );
        await AssertAsync(
            runId,
            "candidate|duel_pairwise_length_difference",
            Compared.Average(number =>
            {
                double own = AnswerTo(number, IsRight(number)).Length;
                double other = AnswerTo(number, IsBaselineRight(number)).Length;
                return (own - other) / (own + other);
            }),
            Compared.Length
        );

        static double Share(Func<bool, bool, bool> isMeant) =>
            Compared.Count(number => isMeant(IsRight(number), IsBaselineRight(number))) / (double)Compared.Length;
    }

    private async Task AssertAsync(string runId, string name, double expected, long count)
    {
        var row = await _app.MetricAsync(runId, $"{name}|all");
        Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
        Assert.Equal(count, row.GetInt64("Samples"));
    }

    private Task<TableEntity> EvaluateAsync(string suite)
    {
        UseRules();
        return _app.EvaluateAsync($"{suite}/test.jsonl", Spec, Lines(suite));
    }

    private void UseRules()
    {
        _app.Endpoint.AnswerOf["recorded"] = prompt => (200, AnswerTo(NumberIn(prompt), IsRight(NumberIn(prompt))));
        _app.Endpoint.AnswerOf["recorded-base"] = prompt =>
            BaselineAnswers(NumberIn(prompt))
                ? (200, AnswerTo(NumberIn(prompt), IsBaselineRight(NumberIn(prompt))))
                : (400, "content_filter");
        _app.Endpoint.AnswerOf["recorded-judge"] = prompt => (200, Judge(prompt));
    }

    /// <summary>Prefers the answer whose last number is the product that the conversation asks for; of two wrong ones the first.</summary>
    private static string Judge(string prompt)
    {
        var parts = prompt.Split('|');
        var asked = Integer().Matches(parts[0]).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToArray();
        var isRight = parts[1..].Select(answer => NumberIn(answer) == asked[^2] * asked[^1]).ToArray();
        var label =
            isRight is [true, true] ? "tie"
            : isRight is [false, true] ? "B"
            : "A";
        return $$"""{"label":"{{label}}"}""";
    }

    private static IEnumerable<string> Lines(string suite) =>
        Numbers.Select(number =>
            new JsonObject
            {
                ["id"] = $"d{number}",
                ["input"] = new JsonObject
                {
                    ["messages"] = new JsonArray(Turn("system", "Multiply."), Turn("user", Question(suite, number))),
                },
                ["preferred_output"] = new JsonArray(Turn("assistant", Preferred(number))),
                ["non_preferred_output"] = new JsonArray(Turn("assistant", Other(number))),
            }.ToJsonString()
        );

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string Question(string suite, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{suite}: how much is 7 x {number}");

    private static string Preferred(int number) => string.Create(CultureInfo.InvariantCulture, $"It is {7 * number}");

    private static string Other(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{(number % 3 == 0 ? "I" : "You")} say {number}");

    private static string AnswerTo(int number, bool isRight) =>
        string.Create(CultureInfo.InvariantCulture, $"{(isRight ? "" : "I guess it is ")}{(7 * number) + (isRight ? 0 : 1)}");

    private static int NumberIn(string text) => int.Parse(Integer().Matches(text)[^1].Value, CultureInfo.InvariantCulture);

    private static bool IsRight(int number) => number % 4 != 0;

    private static bool IsBaselineRight(int number) => number % 3 == 0;

    private static bool BaselineAnswers(int number) => number % 10 != 3;

    private static double Likelihood(string text) => text.Split(' ').Sum(RecordingEndpoint.WordLogProbability);

    private static int Words(string text) => text.Split(' ').Length;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Integer();
}
