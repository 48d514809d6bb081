using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>An app whose storage fails where a test says so; two shards a run.</summary>
public sealed class FaultyStorageApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Timers would look at storage in between and make "the k-th request" another one each time.
        App = await EvaluationApp.StartAsync(
            withProxy: true,
            [("Evaluation__MinRowsPerShard", "10"), ("Evaluation__MaxRowsPerShard", "10"), .. EvaluationApp.WithoutTimers]
        );
        App.Endpoint.Answer = Parity.Answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>The app's k-th request to its blobs and tables fails, for each k, before or after it is carried out.</summary>
public sealed class StorageFaultTests(FaultyStorageApp shared, ITestOutputHelper output) : IClassFixture<FaultyStorageApp>
{
    private const int Samples = 20;
    private const int OneFlush = 10;

    private readonly EvaluationApp _app = shared.App;

    [Theory]
    [InlineData("refused")]
    [InlineData("refused after it was carried out")]
    [InlineData("broken after it was carried out")]
    public async Task Any_one_request_that_fails_loses_nothing_and_pays_nothing_twice(string how)
    {
        var fault = how switch
        {
            "refused" => StorageFault.Refused,
            "refused after it was carried out" => StorageFault.RefusedAfterCommit,
            _ => StorageFault.Broken,
        };
        var suite = how.Split(' ')[0] + how.Length;
        var expected = await RunAsync(suite, "calm", k: 0, fault);
        var requests = expected.Requests;
        output.WriteLine($"A run makes {requests} requests.");

        for (var k = 1; k <= requests; k++)
        {
            var (run, _, paid, summary) = await RunAsync(suite, $"at{k}", k, fault);
            Assert.Equal(
                ("Completed", (long?)Samples),
                (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
            );
            Assert.True(paid is >= Samples and <= Samples + OneFlush, $"Request {k}: {paid} calls were paid for {Samples} samples.");
            foreach (var part in new[] { "outcomes", "coverage", "usage", "metrics", "confusionMatrices", "verdict" })
            {
                Assert.Equal(expected.Summary[part]!.ToJsonString(), summary[part]!.ToJsonString());
            }
        }
    }

    [Fact]
    public async Task Storage_that_is_away_for_a_while_delays_a_run_and_changes_nothing()
    {
        using var gate = _app.Endpoint.HoldAfter(0);
        var before = _app.Endpoint.Total;
        await DropAsync("away");
        using var http = _app.Http;
        var runId = await StartAsync(http, "away");
        await gate.ReachedAsync();

        var until = DateTime.UtcNow + TimeSpan.FromSeconds(8);
        _app.Storage.Fault = _ => DateTime.UtcNow < until ? StorageFault.Refused : StorageFault.None;
        gate.Open();
        var run = await _app.EndedAsync("away/test.jsonl", row => row.PartitionKey == runId);

        _app.Storage.Fault = null;
        Assert.Equal(
            ("Completed", (long?)Samples),
            (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );
        output.WriteLine($"{_app.Endpoint.Total - before} calls for {Samples} samples");
    }

    [Fact]
    public async Task Storage_that_is_restarted_mid_run_delays_it_and_changes_nothing()
    {
        using var gate = _app.Endpoint.HoldAfter(0);
        await DropAsync("restarted");
        using var http = _app.Http;
        var before = _app.Endpoint.Total;
        var runId = await StartAsync(http, "restarted");
        await gate.ReachedAsync();

        await _app.RestartStorageAsync(whileAway: gate.Open);
        var run = await _app.EndedAsync("restarted/test.jsonl", row => row.PartitionKey == runId);

        Assert.Equal(
            ("Completed", (long?)Samples),
            (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );
        Assert.InRange(_app.Endpoint.Total - before, Samples, Samples + OneFlush);
    }

    private async Task<Outcome> RunAsync(string suite, string name, int k, StorageFault fault)
    {
        var folder = $"{suite}-{name}";
        await DropAsync(folder);
        _app.Endpoint.Forget();
        var seen = 0;
        _app.Storage.Fault = call => call.IsOfTheApp && Interlocked.Increment(ref seen) == k ? fault : StorageFault.None;
        using var http = _app.Http;
        var runId = await StartAsync(http, folder);
        var run = await _app.EndedAsync($"{folder}/test.jsonl", row => row.PartitionKey == runId);
        _app.Storage.Fault = null;
        return new Outcome(run, seen, _app.Endpoint.Total, await _app.SummaryAsync(runId));
    }

    private Task<string> DropAsync(string folder) => _app.DropAsync($"{folder}/test.jsonl", Parity.Spec, Parity.Rows("storage", Samples));

    /// <summary>Starts a run as a client does that tries again when it is not answered well.</summary>
    private static async Task<string> StartAsync(HttpClient http, string folder)
    {
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("/api/evaluations", new { dataset = $"{folder}/test.jsonl" });
            if (answer.IsSuccessStatusCode)
            {
                return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
            }
        }
    }

    private sealed record Outcome(Azure.Data.Tables.TableEntity Run, int Requests, int Paid, JsonObject Summary);
}
