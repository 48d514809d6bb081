using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Stops;

/// <summary>An app with prices, shards of fifty rows, and few calls at once, so that a run can be met half way.</summary>
public sealed class PricedApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The recorded answers take 10 and 2 tokens: a sample costs 10 × 100 + 2 × 1,000 millionths, or 0.003.
        var prices = new[] { "recorded", "recorded-base" }.SelectMany(model =>
            new[]
            {
                ($"Models__{model}__InputPricePerMillionTokens", "100"),
                ($"Models__{model}__OutputPricePerMillionTokens", "1000"),
                ($"Models__{model}__MaxConcurrency", "8"),
            }
        );
        App = await EvaluationApp.StartAsync([.. prices, ("Evaluation__MinRowsPerShard", "50"), ("Evaluation__MaxRowsPerShard", "50")]);
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class StopTests(PricedApp shared, ITestOutputHelper output) : IClassFixture<PricedApp>
{
    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Cancelled_run_stops_paying_keeps_what_was_paid_and_can_be_resumed()
    {
        const int Samples = 400;
        using var gate = _app.Endpoint.HoldAfter(60);
        var etag = await _app.DropAsync("cancelled/test.jsonl", Spec(baseline: true), Parity.Rows("cancelled", Samples));
        await gate.ReachedAsync();
        var runId = (await _app.RunsAsync("cancelled/test.jsonl")).Single().PartitionKey;

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{runId}/cancel"));
        // What is left would take the two models 46 rounds of eight, a second each; executors look for a cancellation every two seconds.
        _app.Endpoint.Latency = TimeSpan.FromSeconds(1);
        gate.Open();
        var run = await _app.EndedAsync("cancelled/test.jsonl", etag);
        var paid = Paid("cancelled");

        Assert.Equal(
            ("Cancelled", "cancelled", "inconclusive"),
            (run.GetString("Status"), run.GetString("ErrorCode"), run.GetString("Verdict"))
        );
        Assert.InRange(paid, 60, (2 * Samples) - 1);
        // Everything that was paid for either model is in the partial summary, and says that it is one.
        Assert.Equal(paid, Answered(run, "Candidate") + Answered(run, "Baseline"));
        var summary = await _app.SummaryAsync(runId);
        Assert.False((bool)summary["isComplete"]!);
        Assert.All(
            summary["verdict"]!["rules"]!.AsArray(),
            rule => Assert.Contains("incomplete", (string)rule!["reason"]!, StringComparison.Ordinal)
        );
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"{runId}/cancel"));
        Assert.Equal(paid, Paid("cancelled"));

        _app.Endpoint.Latency = TimeSpan.Zero;
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{runId}/resume"));
        run = await _app.EndedAsync("cancelled/test.jsonl", row => row.GetString("Status") == "Completed");

        Assert.Equal(("pass", null, 1), (run.GetString("Verdict"), run.GetString("ErrorCode"), run.GetInt32("Resumptions")));
        Assert.Equal((2 * Samples, Samples, Samples), (Paid("cancelled"), Answered(run, "Candidate"), Answered(run, "Baseline")));
        Assert.True((bool)(await _app.SummaryAsync(runId))["isComplete"]!);
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync($"{runId}/resume"));
    }

    [Fact]
    public async Task Cost_ceiling_ends_the_run_as_partial_and_a_higher_one_completes_it()
    {
        const int Samples = 300;
        _app.Endpoint.Latency = TimeSpan.FromMilliseconds(5);
        var run = await _app.EvaluateAsync("budget/test.jsonl", Spec(maxCost: 0.6), Parity.Rows("budget", Samples));

        output.WriteLine(
            $"{Paid("budget")} samples within a ceiling for 200; cost {run.GetDouble("CandidateCost")}, estimate {run.GetDouble("EstimatedCost")}"
        );
        Assert.Equal(
            ("Partial", "budget", "inconclusive"),
            (run.GetString("Status"), run.GetString("ErrorCode"), run.GetString("Verdict"))
        );
        // Two hundred samples cost 0.6. The last ones are not started because more is reserved for an answer than it takes.
        Assert.InRange(Paid("budget"), 160, 200);
        Assert.InRange(run.GetDouble("CandidateCost")!.Value, 0.48, 0.6);
        Assert.Equal(Paid("budget"), Answered(run, "Candidate"));
        Assert.InRange(run.GetDouble("EstimatedCost")!.Value, 0.9, 3.0);

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{run.PartitionKey}/resume", new { maxCost = 10 }));
        run = await _app.EndedAsync("budget/test.jsonl", row => row.GetString("Status") == "Completed");

        Assert.Equal((Samples, Samples), (Paid("budget"), Answered(run, "Candidate")));
        Assert.Equal(0.9, run.GetDouble("CandidateCost")!.Value, 9);
    }

    [Fact]
    public async Task Deadline_ends_the_run_as_partial_with_what_was_answered()
    {
        using var gate = _app.Endpoint.HoldAfter(20);
        var etag = await _app.DropAsync("deadline/test.jsonl", Spec(limits: """ "deadline": "00:00:15" """), Parity.Rows("deadline", 400));
        await gate.ReachedAsync();
        var held = Stopwatch.StartNew(); // The run began before its first call.
        await Eventually.TrueAsync(() => held.Elapsed > TimeSpan.FromSeconds(16), "the deadline has passed");
        gate.Open();

        var run = await _app.EndedAsync("deadline/test.jsonl", etag);

        Assert.Equal(
            ("Partial", "deadline", "inconclusive"),
            (run.GetString("Status"), run.GetString("ErrorCode"), run.GetString("Verdict"))
        );
        Assert.InRange(Answered(run, "Candidate"), 20, 28); // Those that were let go, and the eight in flight.
        Assert.Equal(Paid("deadline"), Answered(run, "Candidate"));
    }

    [Fact]
    public async Task First_rows_alone_and_a_share_of_the_samples_are_what_the_limits_say()
    {
        _app.Endpoint.Latency = TimeSpan.Zero;
        var first = await _app.DropAsync("rows/test.jsonl", Spec(limits: """ "maxRows": 70 """), Parity.Rows("rows", 300));
        var share = await _app.DropAsync("share/test.jsonl", Spec(limits: """ "sampleFraction": 0.5 """), Parity.Rows("share", 300));

        Assert.Equal(70, (await _app.EndedAsync("rows/test.jsonl", first)).GetInt64("Samples"));
        Assert.All(Enumerable.Range(0, 300), number => Assert.Equal(number < 70, _app.Endpoint.Requests.ContainsKey($"rows {number}")));
        var run = await _app.EndedAsync("share/test.jsonl", share);
        Assert.Equal("Completed", run.GetString("Status"));
        Assert.InRange(run.GetInt64("Samples")!.Value, 120, 180); // 150 ± 3.5 standard deviations
        Assert.Equal(run.GetInt64("Samples"), Paid("share"));
    }

    [Fact]
    public async Task Run_that_failed_by_a_wrong_key_goes_on_when_it_is_right()
    {
        _app.Endpoint.Latency = TimeSpan.Zero;
        var isRight = false;
        _app.Endpoint.AnswerOf["recorded"] = prompt =>
            prompt.StartsWith("key ", StringComparison.Ordinal)
            && !isRight
            && int.Parse(prompt[4..], System.Globalization.CultureInfo.InvariantCulture) >= 50
                ? (401, "invalid_api_key")
                : Parity.Answer(prompt);
        var run = await _app.EvaluateAsync("key/test.jsonl", Spec(), Parity.Rows("key", 100));
        Assert.Equal(("Failed", "model_misconfigured"), (run.GetString("Status"), run.GetString("ErrorCode")));
        var before = Enumerable
            .Range(0, 50)
            .ToDictionary(number => number, number => _app.Endpoint.Requests.GetValueOrDefault($"key {number}"));

        isRight = true;
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync($"{run.PartitionKey}/resume"));

        run = await _app.EndedAsync("key/test.jsonl", row => row.GetString("Status") == "Completed");
        Assert.Equal(100, Answered(run, "Candidate"));
        Assert.All(before, answered => Assert.Equal(Math.Max(1, answered.Value), _app.Endpoint.Requests[$"key {answered.Key}"]));
    }

    [Fact]
    public async Task Ceiling_without_prices_is_refused_and_the_setting_named()
    {
        var spec = """{ "task": "generation", "model": "recorded-judge", "limits": { "maxCost": 1 } }""";
        var run = await _app.EndedAsync(
            "unpriced/test.jsonl",
            await _app.DropAsync("unpriced/test.jsonl", spec, Parity.Rows("unpriced", 5))
        );
        Assert.Equal("invalid_spec", run.GetString("ErrorCode"));
        Assert.Contains("Models__recorded-judge__InputPricePerMillionTokens", run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    private static string Spec(bool baseline = false, double? maxCost = null, string limits = "") =>
        $$"""
            { "task": "classification", "model": "recorded", {{(
                baseline ? "\"baseline\": \"recorded-base\"," : ""
            )}} "labels": ["even", "odd"], "metrics": ["accuracy"],
              "sampling": { "maxOutputTokens": 4 }, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] },
              "limits": { {{(maxCost is null ? limits : FormattableString.Invariant($"\"maxCost\": {maxCost}"))}} } }
            """;

    private static long Answered(TableEntity run, string role) =>
        run.GetInt64(role + "Scored")!.Value + run.GetInt64(role + "Unparsable")!.Value;

    private int Paid(string suite) =>
        _app
            .Endpoint.Requests.Where(request => request.Key.StartsWith(suite + " ", StringComparison.Ordinal))
            .Sum(request => request.Value);

    private async Task<HttpStatusCode> PostAsync(string path, object? body = null)
    {
        using var http = _app.Http;
        using var response = await http.PostAsync($"/api/evaluations/{path}", body is null ? null : JsonContent.Create(body));
        return response.StatusCode;
    }
}
