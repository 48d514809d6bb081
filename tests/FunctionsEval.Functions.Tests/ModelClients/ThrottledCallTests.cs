using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>How long a call that the endpoint throttles waits, by what the endpoint says of it.</summary>
public sealed class ThrottledCallTests
{
    private static readonly TimeSpan HalfBase = TimeSpan.FromSeconds(0.25);

    [Fact]
    public async Task Throttled_with_seconds_waits_as_told_and_a_little_more()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", "1")), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal([TimeSpan.FromSeconds(1) + HalfBase], harness.Time.Waits);
    }

    [Fact]
    public async Task Throttled_with_milliseconds_prefers_them()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Throttle(("retry-after-ms", "1500"), ("Retry-After", "2")),
            Replies.Ok
        );

        CallResults.Answered(await harness.CallAsync());
        Assert.Equal([TimeSpan.FromSeconds(1.5) + HalfBase], harness.Time.Waits);
    }

    [Theory]
    [InlineData("86400")]
    [InlineData("1e300")]
    public async Task Throttled_for_a_day_gives_the_call_back_at_once_and_capped(string retryAfter)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", retryAfter)));

        var later = Assert.IsType<ModelCallResult.RetryLater>(await harness.CallAsync());
        Assert.Equal(TimeSpan.FromMinutes(10), later.After);
        Assert.Single(harness.Server.Ledger);
        Assert.Empty(harness.Time.Waits);
    }

    [Fact]
    public async Task Throttled_for_over_thirty_seconds_gives_the_call_back()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", "31")));

        Assert.Equal(TimeSpan.FromSeconds(31), Assert.IsType<ModelCallResult.RetryLater>(await harness.CallAsync()).After);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(45)]
    public async Task Throttled_with_a_date_is_read_against_the_servers_clock(int seconds)
    {
        var serverTime = new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);
        await using var harness = await CallHarness.StartAsync(
            Replies.Throttle(("Date", serverTime.ToString("r")), ("Retry-After", serverTime.AddSeconds(seconds).ToString("r"))),
            Replies.Ok
        );

        var result = await harness.CallAsync();

        if (seconds <= 30)
        {
            Assert.Equal([TimeSpan.FromSeconds(seconds) + HalfBase], harness.Time.Waits);
        }
        else
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<ModelCallResult.RetryLater>(result).After);
        }
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("soon")]
    [InlineData("NaN")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData(null)]
    public async Task Throttled_without_a_sensible_wait_backs_off(string? retryAfter)
    {
        var throttle = retryAfter is null ? Replies.Throttle() : Replies.Throttle(("Retry-After", retryAfter));
        await using var harness = await CallHarness.StartAsync(throttle, throttle, Replies.Ok);

        Assert.Equal(3, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal([HalfBase, HalfBase * 2], harness.Time.Waits);
    }

    [Theory]
    [InlineData("6.5s", 6.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("0m12s", 12)]
    public async Task Throttled_with_a_ratelimit_reset_waits_for_it(string reset, double seconds)
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Throttle(
                ("x-ratelimit-remaining-requests", "7"),
                ("x-ratelimit-reset-requests", "28s"),
                ("x-ratelimit-remaining-tokens", "0"),
                ("x-ratelimit-reset-tokens", reset)
            ),
            Replies.Ok
        );

        CallResults.Answered(await harness.CallAsync());
        Assert.Equal([TimeSpan.FromSeconds(seconds) + HalfBase], harness.Time.Waits);
    }

    [Fact]
    public async Task Throttled_for_ever_is_bounded_by_time_and_not_by_attempts()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", "10")));

        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<ModelCallResult.RetryLater>(await harness.CallAsync()).After);
        // 10.25 s each: eleven fit into two minutes, the twelfth does not.
        Assert.Equal(12, harness.Server.Ledger.Count);
        Assert.Equal(12, harness.Registry.TryGet("m", out var model) ? model.Limiter.Snapshot().Throttled : 0);
    }
}
