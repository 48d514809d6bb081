using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>An app whose storage fails where a test says so; two shards a run.</summary>
public sealed class FaultyStorageApp : IAsyncLifetime
{
    /// <summary>Samples of a run.</summary>
    internal const int Samples = 20;

    /// <summary>Answers that one append holds: what may be paid again.</summary>
    internal const int OneFlush = 10;

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

    internal Task<string> DropAsync(string folder) => App.DropAsync($"{folder}/test.jsonl", Parity.Spec, Parity.Rows("storage", Samples));

    /// <summary>Starts a run as a client does that tries again when it is not answered well.</summary>
    internal static async Task<string> StartAsync(HttpClient http, string folder)
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
}

/// <summary>The storage is away while a run is under way.</summary>
public sealed class StorageOutageTests(FaultyStorageApp shared, ITestOutputHelper output) : IClassFixture<FaultyStorageApp>
{
    private const int Samples = FaultyStorageApp.Samples;

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Storage_that_is_away_for_a_while_delays_a_run_and_changes_nothing()
    {
        using var gate = _app.Endpoint.HoldAfter(0);
        var before = _app.Endpoint.Total;
        await shared.DropAsync("away");
        using var http = _app.Http;
        var runId = await FaultyStorageApp.StartAsync(http, "away");
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
        await shared.DropAsync("restarted");
        using var http = _app.Http;
        var before = _app.Endpoint.Total;
        var runId = await FaultyStorageApp.StartAsync(http, "restarted");
        await gate.ReachedAsync();

        await _app.RestartStorageAsync(whileAway: gate.Open);
        var run = await _app.EndedAsync("restarted/test.jsonl", row => row.PartitionKey == runId);

        Assert.Equal(
            ("Completed", (long?)Samples),
            (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
        );
        Assert.InRange(_app.Endpoint.Total - before, Samples, Samples + FaultyStorageApp.OneFlush);
    }
}
