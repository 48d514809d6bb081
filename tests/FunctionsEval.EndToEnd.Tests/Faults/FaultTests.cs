using System.Diagnostics;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>What a run does when something breaks; the ledger of the endpoint says what was paid.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Worker_killed_mid_run_loses_nothing_and_pays_twice_only_what_was_in_flight()
    {
        const int Samples = 600;
        await using var app = await EvaluationApp.StartAsync(("Evaluation__MinRowsPerShard", "100"));
        app.Endpoint.Answer = Parity.Answer;
        using var gate = app.Endpoint.HoldAfter(Samples / 3);
        var etag = await app.DropAsync("killed/test.jsonl", Parity.Spec, Parity.Rows("killed", Samples));
        await gate.ReachedAsync();
        await ShardLogs.HoldAsync(app.Blobs, Samples / 3);

        app.KillWorker();
        gate.Open();
        var run = await app.EndedAsync("killed/test.jsonl", etag);

        Assert.Equal(("Completed", (long?)Samples), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.Equal(Samples, run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"));
        Assert.Equal(Samples, app.Endpoint.Requests.Count);
        output.WriteLine($"{app.Endpoint.Total} requests for {Samples} samples");
        Assert.InRange(app.Endpoint.Total, Samples, Samples + RecordingEndpoint.MaxInFlight);

        // The fault-free run of the same rows has the same numbers, byte for byte.
        var interrupted = await app.SummaryAsync(run.PartitionKey);
        var calmEtag = await app.DropAsync("calm/test.jsonl", Parity.Spec, Parity.Rows("killed", Samples));
        var calm = await app.SummaryAsync((await app.EndedAsync("calm/test.jsonl", calmEtag)).PartitionKey);
        foreach (var part in new[] { "outcomes", "coverage", "usage", "metrics", "confusionMatrices", "examples", "verdict" })
        {
            Assert.Equal(calm[part]!.ToJsonString(), interrupted[part]!.ToJsonString());
        }
    }

    [Fact]
    public async Task Host_stopped_mid_run_goes_on_where_it_was()
    {
        const int Samples = 400;
        await using var app = await EvaluationApp.StartAsync(("Evaluation__MinRowsPerShard", "100"));
        app.Endpoint.Answer = Parity.Answer;
        using var gate = app.Endpoint.HoldAfter(Samples / 4);
        var etag = await app.DropAsync("stopped/test.jsonl", Parity.Spec, Parity.Rows("stopped", Samples));
        await gate.ReachedAsync();
        await ShardLogs.HoldAsync(app.Blobs, Samples / 4);

        await app.RestartAsync();
        gate.Open();
        var run = await app.EndedAsync("stopped/test.jsonl", etag);

        Assert.Equal(("Completed", (long?)Samples), (run.GetString("Status"), run.GetInt64("Samples")));
        output.WriteLine($"{app.Endpoint.Total} requests for {Samples} samples");
        // What is in flight does not end before the host has.
        Assert.InRange(app.Endpoint.Total, Samples, Samples + RecordingEndpoint.MaxInFlight);
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "model_misconfigured", "Models__recorded__ApiKey")]
    [InlineData(404, "model_not_found", "model_misconfigured", "Models__recorded__Deployment")]
    public async Task Wrong_key_or_model_ends_the_run_and_names_the_setting(int status, string error, string code, string setting)
    {
        await using var app = await EvaluationApp.StartAsync(("Models__recorded__MaxConcurrency", "4"));
        app.Endpoint.Answer = _ => (status, error);
        var run = await app.EvaluateAsync("wrong/test.jsonl", Parity.Spec, Parity.Rows("wrong", 500));

        Assert.Equal(("Failed", code), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains(setting, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.DoesNotContain(EvaluationApp.ApiKey, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.InRange(app.Endpoint.Total, 1, 200);
    }

    [Fact]
    public async Task Run_that_failed_can_be_repeated_by_uploading_again()
    {
        await using var app = await EvaluationApp.StartAsync();
        app.Endpoint.Answer = _ => (401, "invalid_api_key");
        var failed = await app.DropAsync("again/test.jsonl", Parity.Spec, Parity.Rows("again", 20));
        Assert.Equal("Failed", (await app.EndedAsync("again/test.jsonl", failed)).GetString("Status"));

        app.Endpoint.Answer = Parity.Answer;
        var etag = await app.DropAsync("again/test.jsonl", Parity.Spec, Parity.Rows("again", 20));

        Assert.Equal("Completed", (await app.EndedAsync("again/test.jsonl", etag)).GetString("Status"));
    }

    [Fact]
    public async Task Dead_endpoint_ends_the_run_and_names_the_setting()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("Models__recorded__Endpoint", "http://127.0.0.1:9/v1"),
            ("ModelCalls__MaxAttempts", "2"),
            ("ModelCalls__MaxOutage", "00:00:10")
        );
        var run = await app.EvaluateAsync("dead/test.jsonl", Parity.Spec, Parity.Rows("dead", 20));

        Assert.Equal(("Failed", "model_unreachable"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains("Models__recorded__Endpoint", run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dataset_replaced_mid_run_stops_every_shard_and_the_new_one_is_evaluated()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("Evaluation__MinRowsPerShard", "10"),
            ("Evaluation__MaxRowsPerShard", "10"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        app.Endpoint.Answer = Parity.Answer;
        using var gate = app.Endpoint.HoldAfter(8, prompt => prompt.StartsWith("old ", StringComparison.Ordinal));
        var first = await app.DropAsync("replaced/test.jsonl", Parity.Spec, Parity.Rows("old", 300));
        await gate.ReachedAsync();

        var second = await app.DropAsync("replaced/test.jsonl", null, Parity.Rows("new", 20));
        gate.Open();
        var stopped = await app.EndedAsync("replaced/test.jsonl", first);

        Assert.Equal(("Failed", "dataset_changed"), (stopped.GetString("Status"), stopped.GetString("ErrorCode")));
        // At most the eight shards that were read before the replacement (ten rows each) are paid, and one more round of starts.
        Assert.InRange(app.Endpoint.Requests.Keys.Count(prompt => prompt.StartsWith("old", StringComparison.Ordinal)), 8, 96);
        Assert.Equal("Completed", (await app.EndedAsync("replaced/test.jsonl", second)).GetString("Status"));
    }

    [Fact]
    public async Task Throttling_and_server_errors_leave_every_sample_scored()
    {
        await using var app = await EvaluationApp.StartAsync(("ModelCalls__BaseDelay", "00:00:00.020"));
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        app.Endpoint.Answer = prompt =>
        {
            var number = int.Parse(prompt.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
            var first = seen.AddOrUpdate(prompt, 1, (_, count) => count + 1) == 1;
            return first && number % 3 == 0 ? (number % 2 == 0 ? 429 : 503, "busy") : Parity.Answer(prompt);
        };
        var run = await app.EvaluateAsync("storm/test.jsonl", Parity.Spec, Parity.Rows("storm", 300));

        Assert.Equal(("Completed", 300L), (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable")));
        Assert.Equal(400, app.Endpoint.Total);
        Assert.Equal(400, run.GetInt64("CandidateRequests"));
    }

    /// <summary>The three mixes under which other clients were measured to lose rows; each with two thousand samples.</summary>
    [Theory]
    [InlineData(30, 0, 0)]
    [InlineData(0, 3, 3)]
    [InlineData(30, 3, 3)]
    public async Task Faulty_answers_cost_calls_and_lose_no_row(int throttled, int truncated, int dropped)
    {
        const int Samples = 2000;
        await using var app = await EvaluationApp.StartAsync(("Models__recorded__MaxConcurrency", "32"));
        var random = new Random(42);
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(20);
        app.Endpoint.Harm = _ =>
        {
            lock (random)
            {
                var drawn = random.Next(100);
                return drawn < throttled ? Damage.Throttled
                    : drawn < throttled + truncated ? Damage.Truncated
                    : drawn < throttled + truncated + dropped ? Damage.Reset
                    : Damage.None;
            }
        };
        var watch = Stopwatch.StartNew();
        var run = await app.EvaluateAsync("faulty/test.jsonl", Parity.Spec, Parity.Rows("faulty", Samples));

        output.WriteLine(
            $"{throttled} % 429, {truncated} % truncated, {dropped} % dropped: {app.Endpoint.Total} requests for {Samples} samples in {watch.Elapsed.TotalSeconds:0.0} s"
        );
        Assert.Equal(
            ("Completed", (long?)Samples),
            (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );
        Assert.Equal(Samples, app.Endpoint.Paid);
        Assert.Equal(app.Endpoint.Total, run.GetInt64("CandidateRequests"));
    }

    [Fact]
    public async Task Shard_that_takes_longer_than_a_function_may_run_is_handed_back_in_time_and_goes_on()
    {
        const int Samples = 100;
        await using var app = await EvaluationApp.StartAsync(
            ("Evaluation__ShardSoftDeadline", "00:00:01"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(200);
        var run = await app.EvaluateAsync("slow/test.jsonl", Parity.Spec, Parity.Rows("slow", Samples));

        Assert.Equal(("Completed", (long?)Samples), (run.GetString("Status"), run.GetInt64("Samples")));
        Assert.Equal(Samples, app.Endpoint.Total);
        var parts = (await app.OutsideRunsAsync())[0].Split('\n').Count(line => line.Contains("Incomplete.", StringComparison.Ordinal));
        // Four calls at a time take 0.2 s each, so that no part answers more than 24 of the samples.
        Assert.InRange(parts, 4, Samples);
    }

    [Fact]
    public async Task Ten_thousand_samples_finish_in_a_worker_under_300_MB()
    {
        const int Samples = 10_000;
        await using var app = await EvaluationApp.StartAsync(("Models__recorded__MaxConcurrency", "64"));
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(50);
        var watch = Stopwatch.StartNew();
        var run = await app.EvaluateAsync("load/test.jsonl", Parity.Spec, Parity.Rows("load", Samples));

        using var worker = Process.GetProcessById(app.Host.WorkerPid);
        var peak = worker.PeakWorkingSet64 / (1 << 20);
        output.WriteLine($"{Samples} samples in {watch.Elapsed.TotalSeconds:0.0} s from upload to verdict; worker's peak {peak} MB");
        Assert.Equal(
            ("Completed", (long?)Samples),
            (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );
        Assert.Equal(Samples, app.Endpoint.Total);
        Assert.True(peak < 300, $"The worker's peak working set is {peak} MB.");
    }
}
