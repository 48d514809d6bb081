using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>How the quota that an endpoint tells steers the pace of requests.</summary>
public sealed class RateLimitPaceTests
{
    [Theory]
    [InlineData("requests", "10", 10)]
    [InlineData("requests", "250ms", 0.25)]
    [InlineData("tokens", "1m", 30)]
    [InlineData("tokens", "86400", 30)]
    public async Task Nothing_left_waits_for_the_reset_and_never_longer_than_the_bound(string quota, string reset, double seconds)
    {
        await using var harness = await CallHarness.StartAsync(Served(quota, "0", reset), Replies.Ok);

        CallResults.Answered(await harness.CallAsync());
        CallResults.Answered(await harness.CallAsync());

        Assert.Equal([TimeSpan.FromSeconds(seconds)], harness.Time.Waits);
    }

    [Theory]
    [InlineData("requests", "1", "20")]
    [InlineData("tokens", "1", "20")]
    [InlineData("requests", "-1", "0")]
    [InlineData("requests", "0", "0")]
    [InlineData("requests", "0", "soon")]
    [InlineData("requests", "", "20")]
    public async Task What_is_left_or_makes_no_sense_waits_for_nothing(string quota, string remaining, string reset)
    {
        await using var harness = await CallHarness.StartAsync(Served(quota, remaining, reset), Replies.Ok);

        CallResults.Answered(await harness.CallAsync());
        CallResults.Answered(await harness.CallAsync());

        Assert.Empty(harness.Time.Waits);
    }

    [Fact]
    public async Task Quota_of_requests_that_is_left_is_used_and_the_next_one_waits()
    {
        await using var harness = await CallHarness.StartAsync(Served("requests", "2", "20"), Replies.Ok);
        for (var call = 0; call < 3; call++)
        {
            CallResults.Answered(await harness.CallAsync());
        }

        Assert.Empty(harness.Time.Waits);
        CallResults.Answered(await harness.CallAsync());
        Assert.Equal([TimeSpan.FromSeconds(20)], harness.Time.Waits);
    }

    [Fact]
    public async Task Reset_of_a_quota_that_is_not_empty_holds_nothing_back()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                Replies.Answer,
                ("x-ratelimit-remaining-requests", "50"),
                ("x-ratelimit-reset-requests", "25"),
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", "2")
            ),
            Replies.Ok
        );

        CallResults.Answered(await harness.CallAsync());
        CallResults.Answered(await harness.CallAsync());

        Assert.Equal([TimeSpan.FromSeconds(2)], harness.Time.Waits);
    }

    [Fact]
    public async Task Headers_of_an_endpoint_that_serves_all_the_same_are_not_believed()
    {
        await using var harness = await CallHarness.StartAsync(Served("requests", "0", "20"));

        // Requests that were under way together say so together.
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => harness.CallAsync()));
        }

        Assert.Equal(40, harness.Server.Ledger.Count);
        Assert.InRange(harness.Time.Waits.Count, 1, 40);
        var before = harness.Time.Waits.Count;
        for (var call = 0; call < 5; call++)
        {
            CallResults.Answered(await harness.CallAsync());
        }

        Assert.Equal(before, harness.Time.Waits.Count);
    }

    [Fact]
    public async Task Cancelled_wait_gives_its_slot_back()
    {
        var server = await ModelServer.StartAsync(Served("requests", "0", "20"));
        await using var harness = CallHarness.Create(server, $"http://127.0.0.1:{server.Port}/v1", null, TimeProvider.System);
        CallResults.Answered(await harness.CallAsync());
        using var cancel = new CancellationTokenSource();

        var waiting = harness.CallAsync("m", CallHarness.Request(), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(harness.Registry.TryGet("m", out var model));
        Assert.Equal(0, model.Limiter.Snapshot().InFlight);
        Assert.Single(server.Ledger);
    }

    [Fact]
    public async Task Run_against_an_endpoint_that_tells_its_quota_is_refused_less()
    {
        var (withHeaders, withTime) = await RunAsync(tellsQuota: true);
        var (without, withoutTime) = await RunAsync(tellsQuota: false);

        TestContext.Current.TestOutputHelper!.WriteLine($"{withHeaders} in {withTime}, {without} in {withoutTime}");
        Assert.InRange(withHeaders, 0, without / 2);
    }

    /// <summary>
    /// Refusals of a run of 200 calls, eight at a time, against a quota of 20 requests in ten seconds of the run's clock.
    /// </summary>
    private static async Task<(int Refused, TimeSpan Waited)> RunAsync(bool tellsQuota)
    {
        var quota = new Quota(20, TimeSpan.FromSeconds(10), tellsQuota);
        await using var harness = await CallHarness.StartAsync(quota.AnswerAsync);
        quota.Time = harness.Time;
        var left = 200;
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                    {
                        CallResults.Answered(await harness.CallAsync());
                    }
                })
        );
        return (quota.Refused, harness.Time.GetUtcNow() - Quota.Begin);
    }

    private static RequestDelegate Served(string quota, string remaining, string reset) =>
        Replies.Json(200, Replies.Answer, ($"x-ratelimit-remaining-{quota}", remaining), ($"x-ratelimit-reset-{quota}", reset));

    /// <summary>A quota of requests in windows of equal length, as Azure describes its own.</summary>
    private sealed class Quota(int limit, TimeSpan window, bool tells)
    {
        public static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        private readonly Lock _lock = new();
        private long _window = -1;
        private int _used;

        public TimeProvider Time { get; set; } = TimeProvider.System;

        public int Refused { get; private set; }

        public Task AnswerAsync(HttpContext context)
        {
            (string, string)[] headers;
            bool isServed;
            lock (_lock)
            {
                var since = Time.GetUtcNow() - Begin;
                if (since.Ticks / window.Ticks is var now && now != _window)
                {
                    (_window, _used) = (now, 0);
                }

                isServed = _used < limit;
                _used += isServed ? 1 : 0;
                Refused += isServed ? 0 : 1;
                var reset = window - TimeSpan.FromTicks(since.Ticks % window.Ticks);
                headers = tells
                    ?
                    [
                        ("x-ratelimit-limit-requests", FormattableString.Invariant($"{limit}")),
                        ("x-ratelimit-remaining-requests", FormattableString.Invariant($"{limit - _used}")),
                        ("x-ratelimit-reset-requests", FormattableString.Invariant($"{reset.TotalSeconds}s")),
                    ]
                    : [];
            }

            return isServed ? Replies.Json(200, Replies.Answer, headers)(context) : Replies.Throttle(headers)(context);
        }
    }
}
