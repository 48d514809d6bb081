using System.Net;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>A model that is away as a whole: its samples wait, then the run ends so that it can be resumed.</summary>
public sealed class OutageTests(AppPool pool)
{
    private const int Samples = 300;

    private static readonly (string Name, string Value)[] Settings =
    [
        ("ModelCalls__MaxAttempts", "4"),
        ("ModelCalls__BaseDelay", "00:00:00.050"),
        ("Evaluation__MinRowsPerShard", "100"),
        ("Evaluation__MaxRowsPerShard", "100"),
    ];

    /// <summary>As an endpoint shows it that refuses connections, a gateway without its server, or a server that loads its model.</summary>
    [Theory]
    [InlineData(nameof(Damage.Unavailable))]
    [InlineData(nameof(Damage.ServerError))]
    [InlineData(nameof(Damage.Html))]
    [InlineData(nameof(Damage.Reset))]
    public async Task Outage_of_the_whole_model_uses_up_no_sample(string how)
    {
        var outage = Enum.Parse<Damage>(how);
        await using var app = await EvaluationApp.BorrowAsync(pool, Settings);
        app.Endpoint.Answer = Parity.Answer;
        app.Endpoint.Latency = TimeSpan.FromMilliseconds(20);
        app.Endpoint.Harm = _ => IsAway() ? outage : Damage.None;
        var run = await app.EvaluateAsync($"away-{how}/test.jsonl", Parity.Spec, Parity.Rows("away", Samples));

        AssertComplete(run);
        Assert.Equal(Samples, app.Endpoint.Paid);

        // It goes away after a third of the answers, and comes back when every sample would have used up its attempts.
        bool IsAway() => app.Endpoint.Paid >= Samples / 3 && app.Endpoint.Total < Samples + (3 * 2 * RecordingEndpoint.MaxInFlight);
    }

    [Fact]
    public async Task Model_that_loads_when_the_run_begins_is_waited_for()
    {
        await using var app = await StartAsync();
        app.Endpoint.Outage = Damage.Unavailable;
        var etag = await app.DropAsync("loads/test.jsonl", Parity.Spec, Parity.Rows("loads", 100));
        await Eventually.TrueAsync(() => app.Endpoint.Requests.Values.Any(requests => requests > 4), "a sample has used up its attempts");
        app.Endpoint.Outage = Damage.None;

        var run = await app.EndedAsync("loads/test.jsonl", etag);

        Assert.Equal(("Completed", 100L), (run.GetString("Status"), Answered(run)));
    }

    [Fact]
    public async Task Model_that_stays_away_ends_the_run_resumable_and_nothing_is_paid_again()
    {
        await using var app = await StartAsync(("ModelCalls__MaxOutage", "00:00:10"));
        // No shard has few samples left then, with what is in flight: those would be given up sooner.
        app.Endpoint.Harm = _ => app.Endpoint.Paid >= Samples / 6 ? Damage.Unavailable : Damage.None;
        var run = await app.EvaluateAsync("gone/test.jsonl", Parity.Spec, Parity.Rows("gone", Samples));

        Assert.Equal(
            ("Failed", "model_unreachable", null),
            (run.GetString("Status"), run.GetString("ErrorCode"), run.GetString("Verdict"))
        );
        Assert.Contains("Models__recorded__Endpoint", run.GetString("ErrorMessage"), StringComparison.Ordinal);

        app.Endpoint.Harm = null;
        using var http = app.Http;
        using (var resumed = await http.PostAsync($"/api/evaluations/{run.PartitionKey}/resume", null))
        {
            Assert.Equal(HttpStatusCode.Accepted, resumed.StatusCode);
        }

        AssertComplete(await app.EndedAsync("gone/test.jsonl", row => row.GetString("Status") == "Completed"));
        Assert.Equal(Samples, app.Endpoint.Paid);
    }

    [Fact]
    public async Task Sample_that_fails_while_its_neighbours_are_served_is_exhausted_and_can_be_asked_again_alone()
    {
        // The one sample that is left is given up after a fifth of it.
        await using var app = await StartAsync(("ModelCalls__MaxOutage", "00:00:50"));
        app.Endpoint.Harm = prompt => prompt == "poison 7" ? Damage.ServerError : Damage.None;
        var run = await app.EvaluateAsync("poison/test.jsonl", Parity.Spec, Parity.Rows("poison", Samples));

        Assert.Equal(("Completed", Samples - 1L, 1L), (run.GetString("Status"), Answered(run), run.GetInt64("CandidateExhausted")));

        app.Endpoint.Harm = null;
        app.Endpoint.Forget();
        using var http = app.Http;
        using (var resumed = await http.PostAsync($"/api/evaluations/{run.PartitionKey}/resume", null))
        {
            Assert.Equal(HttpStatusCode.Accepted, resumed.StatusCode);
        }

        run = await app.EndedAsync("poison/test.jsonl", row => row.GetInt32("Resumptions") == 1);
        AssertComplete(run);
        Assert.Equal(["poison 7"], app.Endpoint.Requests.Keys);
        using (var again = await http.PostAsync($"/api/evaluations/{run.PartitionKey}/resume", null))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        }
    }

    [Fact]
    public async Task Sample_that_is_throttled_whatever_happens_does_not_keep_the_run_going()
    {
        await using var app = await StartAsync(("ModelCalls__ThrottlingBudget", "00:00:02"), ("ModelCalls__LongestWait", "00:00:01"));
        app.Endpoint.Harm = prompt => prompt == "throttled 7" ? Damage.Throttled : Damage.None;
        var run = await app.EvaluateAsync("throttled/test.jsonl", Parity.Spec, Parity.Rows("throttled", 100));

        Assert.Equal(("Completed", 99L, 1L), (run.GetString("Status"), Answered(run), run.GetInt64("CandidateExhausted")));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_of_minutes_at_once()
    {
        await using var app = await StartAsync();
        app.Endpoint.RetryAfterSeconds = 3600; // Ten minutes are waited at most; the test does not.
        app.Endpoint.Answer = _ => (429, "rate_limit_exceeded");
        var etag = await app.DropAsync("waits/test.jsonl", Parity.Spec, Parity.Rows("waits", 50));
        await Eventually.TrueAsync(async () => await IsWaitingAsync(app), "the run waits for the time that the endpoint asked for");
        var runId = (await app.RunsAsync("waits/test.jsonl")).Single().PartitionKey;
        var before = DateTimeOffset.UtcNow;

        using var http = app.Http;
        using (var cancelled = await http.PostAsync($"/api/evaluations/{runId}/cancel", null))
        {
            Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        }

        var run = await app.EndedAsync("waits/test.jsonl", etag);

        Assert.Equal("Cancelled", run.GetString("Status"));
        Assert.True(run.GetDateTimeOffset("Finished") - before < TimeSpan.FromMinutes(9), "The wait went on until its end.");
    }

    private static async Task<EvaluationApp> StartAsync(params (string Name, string Value)[] settings)
    {
        var app = await EvaluationApp.StartAsync([.. Settings, .. settings]);
        app.Endpoint.Answer = Parity.Answer;
        return app;
    }

    private static async Task<bool> IsWaitingAsync(EvaluationApp app) =>
        (await app.OutsideRunsAsync())[0].Contains("0 samples, Throttled.", StringComparison.Ordinal);

    private static long Answered(TableEntity run) => run.GetInt64("CandidateScored")!.Value + run.GetInt64("CandidateUnparsable")!.Value;

    private static void AssertComplete(TableEntity run) =>
        Assert.Equal(("Completed", (long)Samples, 0L), (run.GetString("Status"), Answered(run), run.GetInt64("CandidateExhausted")));
}
