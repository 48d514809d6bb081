using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// What fails on the way to an answer, the result that must come of it, and the requests it may cost by the endpoint's own ledger.
/// </summary>
public sealed class ModelCallerFaultTests
{
    private static readonly TimeSpan HalfBase = TimeSpan.FromSeconds(0.25);

    [Fact]
    public async Task Call_answered_gives_completion_with_usage()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(
            ("billing", "stop", 12, 2, 1),
            (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens, completion.Attempts)
        );
        Assert.Null(completion.LogProbability);
        Assert.Single(harness.Server.Ledger);
        Assert.Empty(harness.Time.Waits);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(529)]
    public async Task Server_error_then_answer_costs_two_requests(int status)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Html(status), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal([HalfBase], harness.Time.Waits);
    }

    [Fact]
    public async Task Server_error_for_ever_is_given_up_after_six_attempts_with_doubling_waits()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(500, "server_error"));

        CallResults.AssertAway(Outcome.Exhausted, "server_error", 6, await harness.CallAsync());
        Assert.Equal(6, harness.Server.Ledger.Count);
        Assert.Equal([HalfBase, HalfBase * 2, HalfBase * 4, HalfBase * 8, HalfBase * 16], harness.Time.Waits);
    }

    [Fact]
    public async Task No_answer_in_time_is_tried_again()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(context => CallResults.OutwaitAsync(context, harness!.Time), Replies.Ok))
        {
            var completion = CallResults.Answered(await harness.CallAsync());
            Assert.Equal(2, completion.Attempts);
            Assert.True(completion.Latency < CallHarness.Timeout, "the latency is that of the attempt that succeeded");
            Assert.Equal(2, harness.Server.Ledger.Count);
        }
    }

    [Fact]
    public async Task No_answer_ever_is_given_up_after_two_attempts_that_were_perhaps_paid()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(context => CallResults.OutwaitAsync(context, harness!.Time)))
        {
            var away = CallResults.AssertAway(Outcome.TimedOut, CallReasons.TimedOut, 2, await harness.CallAsync());
            Assert.StartsWith(
                $"Models__0__Endpoint: no answer from 127.0.0.1:{harness.Server.Port} within 100 s (Models__0__Timeout) in 2 attempts.",
                away.Message,
                StringComparison.Ordinal
            );
            Assert.Equal(2, harness.Server.Ledger.Count);
        }
    }

    [Fact]
    public async Task Slow_drip_is_cut_off_by_the_timeout()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(DripAsync, Replies.Ok))
        {
            Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
            Assert.Equal(2, harness.Server.Ledger.Count);
        }

        async Task DripAsync(HttpContext context)
        {
            context.Response.ContentType = "application/json";
            for (var i = 0; i < 10; i++)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                harness!.Time.Advance(CallHarness.Timeout / 10);
            }
            await CallResults.UntilAbortedAsync(context);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"choices":[{"mess""")]
    public async Task Connection_reset_is_tried_again(string part)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Reset("application/json", part), Replies.Ok);

        Assert.Equal(2, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Connection_reset_for_ever_is_given_up_after_all_attempts()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Reset("application/json", ""));

        CallResults.AssertAway(Outcome.Exhausted, CallReasons.ConnectionBroken, 6, await harness.CallAsync());
        Assert.Equal(6, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Cancellation_stops_an_attempt_and_frees_its_slot()
    {
        using var cancellation = new CancellationTokenSource();
        await using var harness = await CallHarness.StartAsync(async context =>
        {
            await cancellation.CancelAsync();
            await CallResults.UntilAbortedAsync(context);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => harness.CallAsync("m", CallHarness.Request(), cancellation.Token));
        Assert.Single(harness.Server.Ledger);
        Assert.True(harness.Registry.TryGet("m", out var model));
        Assert.Equal(0, model.Limiter.Snapshot().InFlight);
    }

    [Fact]
    public async Task Stop_lets_an_attempt_end_and_sends_no_other()
    {
        using var stop = new CancellationTokenSource();
        await using var harness = await CallHarness.StartAsync(async context =>
        {
            await stop.CancelAsync();
            context.Response.StatusCode = 503;
        });

        Assert.IsType<ModelCallResult.NotSent>(
            await harness.Caller.CallAsync("m", CallHarness.Request(), stop.Token, TestContext.Current.CancellationToken)
        );
        Assert.IsType<ModelCallResult.NotSent>(
            await harness.Caller.CallAsync("m", CallHarness.Request(), stop.Token, TestContext.Current.CancellationToken)
        );
        Assert.Single(harness.Server.Ledger);
    }
}
