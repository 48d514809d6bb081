using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Runs;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>
/// Random faults in random runs, one after the other, for as many seconds as <c>FUNCTIONSEVAL_CHAOS_SECONDS</c> says (40), from the seed
/// <c>FUNCTIONSEVAL_CHAOS_SEED</c> (the same one each time, unless it is set). After each run the invariants are checked: every sample has one
/// outcome (I1), the numbers are those of the fault-free answers (I2), what is paid twice was in flight or unflushed at a crash (I3), the
/// run ends (I4), there is one row (I5), and at the end no row text or key is found outside the runs' blobs (I6).
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const string Canary = "canary-9d2e";
    private const int OneFlush = 64;
    private const int SentBetweenLookAndKill = 32;

    [Fact]
    public async Task Random_faults_in_random_runs_keep_every_invariant()
    {
        var seconds = Setting("FUNCTIONSEVAL_CHAOS_SECONDS", 40);
        var seed = Setting("FUNCTIONSEVAL_CHAOS_SEED", 1253547846);
        output.WriteLine($"FUNCTIONSEVAL_CHAOS_SEED={seed}");
        var random = new Random(seed);
        await using var app = await EvaluationApp.StartAsync(
            withProxy: true, ("Evaluation__MinRowsPerShard", "25"), ("Evaluation__MaxRowsPerShard", "25"), ("ModelCalls__BaseDelay", "00:00:00.050"), ("Models__recorded__MaxConcurrency", "16"));
        app.Endpoint.Answer = Answer;

        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(seconds);
        for (var number = 0; DateTime.UtcNow < deadline || number == 0; number++)
            await RunAsync(app, new Case(number, random));

        Assert.All(await app.OutsideRunsAsync(), place =>
        {
            Assert.DoesNotContain(Canary, place, StringComparison.Ordinal);
            Assert.DoesNotContain(EvaluationApp.ApiKey, place, StringComparison.Ordinal);
        });
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private static (int Status, string Text) Answer(string prompt) => Parity.Answer(prompt);

    private async Task RunAsync(EvaluationApp app, Case one)
    {
        output.WriteLine(one.ToString());
        var suite = $"chaos{one.Number}";
        app.Endpoint.Forget();
        app.Endpoint.Latency = one.Latency;
        app.Endpoint.Harm = one.Harms ? prompt => app.Endpoint.Requests[prompt] <= 2 ? one.NextHarm() : Damage.None : null;
        app.Storage.Fault = one.StorageFails ? one.NextFault : null;
        await app.DropAsync($"{suite}/test.jsonl", Spec, Enumerable.Range(0, one.Samples).Select(Row));

        using var http = app.Http;
        var runId = await StartAsync(http, suite);
        var inFlight = 0;
        for (var kill = 0; kill < one.Kills; kill++)
        {
            await Task.Delay(one.NextWait(), TestContext.Current.CancellationToken);
            inFlight += app.Endpoint.InFlight + OneFlush + SentBetweenLookAndKill;
            app.KillWorker();
        }

        if (one.Cancels)
        {
            await PostAsync(http, $"{runId}/cancel");
            var stopped = await app.EndedAsync($"{suite}/test.jsonl", row => row.PartitionKey == runId);
            if (stopped.GetString("Status") == "Cancelled")
                await PostAsync(http, $"{runId}/resume");
        }

        // A run that was cancelled before it was planned cannot be resumed; it is started anew.
        var run = await app.EndedAsync($"{suite}/test.jsonl", row => row.PartitionKey == runId);
        if (run.GetString("Status") == "Cancelled" && run.GetInt64("Samples") is null)
        {
            using var again = await http.PostAsJsonAsync("/api/evaluations", new { dataset = $"{suite}/test.jsonl", attempt = 1 });
            runId = (string)(await again.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
        }

        run = await app.EndedAsync($"{suite}/test.jsonl", row => row.PartitionKey == runId && row.GetString("Status") != "Cancelled");
        app.Storage.Fault = null;
        app.Endpoint.Harm = null;

        Assert.Equal(("Completed", (long?)one.Samples), (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable")));
        Assert.Single(await app.RunsAsync($"{suite}/test.jsonl"), row => row.PartitionKey == runId);
        Assert.True(app.Endpoint.Paid <= one.Samples + inFlight, $"{app.Endpoint.Paid} answers were paid for {one.Samples} samples, {inFlight} in flight or unflushed.");
        var samples = (await app.SamplesAsync(runId)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Enumerable.Range(0, one.Samples).Select(number => $"n{number}"), samples.Select(sample => (string)sample["id"]!));
        AssertNumbers(one.Samples, await app.SummaryAsync(runId));
    }

    /// <summary>The numbers of the answers as the endpoint's rule gives them.</summary>
    private static void AssertNumbers(int samples, JsonObject summary)
    {
        var spec = SpecReader.Read(Spec, "evaluation.json");
        long end = 0;
        var expected = OfflineScore.Compute(spec, Enumerable.Range(0, samples).Select(number =>
        {
            var offset = end;
            end += Row(number).Length + 1;
            var answer = Answer($"x {number}").Text;
            var isLabel = answer is "even" or "odd";
            return new AnswerPair(
                new LogRow
                {
                    Id = $"n{number}",
                    Ordinal = number,
                    Line = number + 1,
                    Offset = offset,
                    Outcome = isLabel ? Outcome.Scored : Outcome.Unparsable,
                    References = [number % 2 == 0 ? "even" : "odd"],
                    Prediction = isLabel ? answer : null,
                },
                null);
        }));
        foreach (var line in summary["metrics"]!.AsArray())
        {
            var same = expected.Metrics.Single(metric => metric.Name == (string?)line!["name"] && metric.Slice == (string?)line["slice"]);
            Assert.Equal((same.Value, same.Lower, same.Upper), ((double?)line!["value"], (double?)line["lower"], (double?)line["upper"]));
        }
    }

    private const string Spec = """
        { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] } }
        """;

    private static string Row(int number) => JsonSerializer.Serialize(new { id = $"n{number}", input = $"{Canary} {number}", expected = number % 2 == 0 ? "even" : "odd" });

    private static async Task<string> StartAsync(HttpClient http, string suite)
    {
        while (true)
        {
            try
            {
                using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset = $"{suite}/test.jsonl" });
                if (answer.IsSuccessStatusCode)
                    return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
            }
            catch (HttpRequestException)
            {
                // The worker was just killed.
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static async Task PostAsync(HttpClient http, string path)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                using var answer = await http.PostAsync($"/api/evaluations/{path}", null);
                if (answer.IsSuccessStatusCode || answer.StatusCode == System.Net.HttpStatusCode.Conflict)
                    return;
            }
            catch (HttpRequestException)
            {
                // The worker was just killed.
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>One random run and its faults.</summary>
    private sealed class Case
    {
        private readonly Random _random;
        private readonly Lock _lock = new();

        public Case(int number, Random random)
        {
            _random = new Random(random.Next());
            Number = number;
            Samples = _random.Next(10, 250);
            Latency = TimeSpan.FromMilliseconds(_random.Next(0, 60));
            Harms = _random.Next(3) > 0;
            StorageFails = _random.Next(3) > 0;
            Kills = _random.Next(3);
            Cancels = _random.Next(4) == 0;
        }

        public int Number { get; }

        public int Samples { get; }

        public TimeSpan Latency { get; }

        public bool Harms { get; }

        public bool StorageFails { get; }

        public int Kills { get; }

        public bool Cancels { get; }

        public Damage NextHarm() => Next(10) < 3 ? (Damage)Next(1 + (int)Damage.Empty) : Damage.None;

        /// <summary>
        /// Of the Durable extension's own requests none is carried out and then refused: a message that was taken from a queue and not
        /// delivered comes back after a minute, which is how it should be, and too long for a test.
        /// </summary>
        public StorageFault NextFault(StorageCall call) =>
            Next(100) >= 2 ? StorageFault.None : call.IsOfTheApp ? (StorageFault)(1 + Next(3)) : StorageFault.Refused;

        public TimeSpan NextWait() => TimeSpan.FromMilliseconds(Next(1500));

        public override string ToString() =>
            $"{Number}: {Samples} samples, {Latency.TotalMilliseconds} ms{(Harms ? ", harmed answers" : "")}{(StorageFails ? ", failing storage" : "")}, {Kills} kills{(Cancels ? ", cancelled" : "")}";

        private int Next(int below)
        {
            lock (_lock)
                return _random.Next(below);
        }
    }
}
