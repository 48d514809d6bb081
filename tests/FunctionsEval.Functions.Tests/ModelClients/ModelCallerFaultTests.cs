using System.Net;
using System.Net.Sockets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// Each way an endpoint can fail, the result that must come of it, and the requests it may cost by the endpoint's own ledger.
/// </summary>
public sealed class ModelCallerFaultTests
{
    private static readonly TimeSpan HalfBase = TimeSpan.FromSeconds(0.25);

    [Fact]
    public async Task Call_answered_gives_completion_with_usage()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        var completion = Answered(await harness.CallAsync());

        Assert.Equal(
            ("billing", "stop", 12, 2, 1),
            (completion.Text, completion.FinishReason, completion.InputTokens, completion.OutputTokens, completion.Attempts)
        );
        Assert.Null(completion.LogProbability);
        Assert.Single(harness.Server.Ledger);
        Assert.Empty(harness.Time.Waits);
    }

    [Fact]
    public async Task Throttled_with_seconds_waits_as_told_and_a_little_more()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Throttle(("Retry-After", "1")), Replies.Ok);

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
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

        Answered(await harness.CallAsync());
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

        Assert.Equal(3, Answered(await harness.CallAsync()).Attempts);
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

        Answered(await harness.CallAsync());
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

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal([HalfBase], harness.Time.Waits);
    }

    [Fact]
    public async Task Server_error_for_ever_is_given_up_after_six_attempts_with_doubling_waits()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(500, "server_error"));

        AssertAway(Outcome.Exhausted, "server_error", 6, await harness.CallAsync());
        Assert.Equal(6, harness.Server.Ledger.Count);
        Assert.Equal([HalfBase, HalfBase * 2, HalfBase * 4, HalfBase * 8, HalfBase * 16], harness.Time.Waits);
    }

    [Fact]
    public async Task No_answer_in_time_is_tried_again()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(context => OutwaitAsync(context, harness!.Time), Replies.Ok))
        {
            var completion = Answered(await harness.CallAsync());
            Assert.Equal(2, completion.Attempts);
            Assert.True(completion.Latency < CallHarness.Timeout, "the latency is that of the attempt that succeeded");
            Assert.Equal(2, harness.Server.Ledger.Count);
        }
    }

    [Fact]
    public async Task No_answer_ever_is_given_up_after_two_attempts_that_were_perhaps_paid()
    {
        CallHarness? harness = null;
        await using (harness = await CallHarness.StartAsync(context => OutwaitAsync(context, harness!.Time)))
        {
            var away = AssertAway(Outcome.TimedOut, CallReasons.TimedOut, 2, await harness.CallAsync());
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
            Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
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
            await UntilAbortedAsync(context);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"choices":[{"mess""")]
    public async Task Connection_reset_is_tried_again(string part)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Reset("application/json", part), Replies.Ok);

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Connection_reset_for_ever_is_given_up_after_all_attempts()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Reset("application/json", ""));

        AssertAway(Outcome.Exhausted, CallReasons.ConnectionBroken, 6, await harness.CallAsync());
        Assert.Equal(6, harness.Server.Ledger.Count);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"bil""", CallReasons.UnreadableBody)]
    [InlineData("", CallReasons.UnreadableBody)]
    [InlineData("""{"choices":[]}""", CallReasons.EmptyChoices)]
    [InlineData("""{"choices":null}""", CallReasons.EmptyChoices)]
    [InlineData("{}", CallReasons.EmptyChoices)]
    [InlineData("[]", CallReasons.EmptyChoices)]
    [InlineData("""{"choices":"none"}""", CallReasons.EmptyChoices)]
    [InlineData("""{"error":{"message":"SECRET-PROMPT"}}""", CallReasons.ErrorInBody)]
    [InlineData("""{"choices":[{"index":0}]}""", CallReasons.MissingContent)]
    public async Task Body_with_status_200_of_which_nothing_can_be_read_is_tried_again_as_any_server_error(string body, string reason)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body), Replies.Ok);
        await using var hopeless = await CallHarness.StartAsync(Replies.Json(200, body));

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
        AssertAway(Outcome.Exhausted, reason, 6, await hopeless.CallAsync());
        Assert.Equal(6, hopeless.Server.Ledger.Count);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"bil"},"finish_reason":"error"}]}""", CallReasons.BrokenAnswer, 0, 1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}""", CallReasons.EmptyChoices, 10, 5)]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":10,"completion_tokens":0}}""", CallReasons.MissingContent, 10, 0)]
    public async Task Answer_that_was_paid_and_is_none_is_asked_for_once_more_and_booked(
        string body,
        string reason,
        int inputTokens,
        int outputTokens
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body));

        var failed = AssertAway(Outcome.Exhausted, reason, 2, await harness.CallAsync()).IfGivenUp;

        Assert.Equal(2, harness.Server.Ledger.Count);
        Assert.Equal((2 * inputTokens, 2 * outputTokens), (failed.InputTokens, failed.OutputTokens));
    }

    [Fact]
    public async Task Html_with_status_200_is_tried_again()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Html(200), Replies.Ok);

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(2, harness.Server.Ledger.Count);
    }

    [Fact]
    public async Task Body_over_what_was_asked_for_is_refused_whatever_it_ends_with()
    {
        // 64 KiB, and 1 KiB for each of the 256 tokens of the default.
        var padded = new string(' ', (64 + 256) * 1024) + Replies.Answer;
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, padded), Replies.Ok);
        await using var hopeless = await CallHarness.StartAsync(Replies.Json(200, padded));
        await using var longer = await CallHarness.StartAsync(Replies.Json(200, padded));

        Assert.Equal(2, Answered(await harness.CallAsync()).Attempts);
        AssertAway(Outcome.Exhausted, CallReasons.BodyTooLarge, 2, await hopeless.CallAsync());
        Assert.Equal(1, Answered(await longer.CallAsync(new SamplingSpec { MaxOutputTokens = 512 })).Attempts);
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "Models__0__ApiKey")]
    [InlineData(403, "unsupported_country_region_territory", "Models__0__ApiKey")]
    [InlineData(404, "model_not_found", "Models__0__Deployment")]
    [InlineData(404, "DeploymentNotFound", "Models__0__Deployment")]
    [InlineData(404, "404", "Models__0__Endpoint")]
    [InlineData(405, "method_not_allowed", "Models__0__Endpoint")]
    [InlineData(400, "UnsupportedApiVersion", "Models__0__ApiVersion")]
    [InlineData(400, "OperationNotSupported", "Models__0__Api")]
    [InlineData(429, "insufficient_quota", "Models__0__ApiKey")]
    public async Task Misconfiguration_ends_the_run_with_one_request_and_names_the_setting(int status, string code, string setting)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(status, code));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;
        Assert.StartsWith(setting + ": ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
        Assert.Contains(harness.Log.Lines, line => line.StartsWith("3003 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redirect_is_not_followed_and_names_the_endpoint()
    {
        await using var elsewhere = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(307, "", ("Location", $"http://127.0.0.1:{elsewhere.Port}/v1/chat/completions"))
        );

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;
        Assert.StartsWith("Models__0__Endpoint: ", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
        Assert.Empty(elsewhere.Ledger);
    }

    [Fact]
    public async Task Model_nobody_configured_costs_no_request()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        var result = await harness.CallAsync("other", CallHarness.Request(), TestContext.Current.CancellationToken);
        Assert.Equal(
            "Models: there is no model 'other'. Configured models: m. Add it as Models__0__Name, or change the spec.",
            Assert.IsType<ModelCallResult.Misconfigured>(result).Message
        );
        Assert.Empty(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"error":{"message":"The response was filtered … SECRET-PROMPT","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"""
    )]
    [InlineData("""{"error":{"message":"SECRET-PROMPT","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}""")]
    [InlineData("""{"error":{"message":"SECRET-PROMPT","code":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""")]
    public async Task Content_filter_on_the_prompt_is_content_filtered(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(400, body));

        AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync());
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        """{"choices":[{"message":{"role":"assistant","content":"bil"},"finish_reason":"content_filter"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}"""
    )]
    [InlineData("""{"choices":[{"finish_reason":"content_filter"}],"usage":{"prompt_tokens":5,"completion_tokens":1}}""")]
    public async Task Content_filter_on_the_answer_is_content_filtered_and_billed(string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, body));

        var failed = AssertFailed(Outcome.ContentFiltered, CallReasons.ContentFilter, 1, await harness.CallAsync());
        Assert.Equal((5, 1), (failed.InputTokens, failed.OutputTokens));
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(400, "context_length_exceeded")]
    [InlineData(413, "payload_too_large")]
    [InlineData(422, "invalid_value")]
    public async Task Refusal_of_this_request_is_rejected_with_the_endpoints_code_and_without_its_text(int status, string code)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(status, code, "messages"));

        AssertFailed(Outcome.Rejected, code, 1, await harness.CallAsync());
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Code_that_is_a_sentence_is_not_passed_on()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(400, """{"error":{"code":"you said SECRET-PROMPT","type":"SECRET PROMPT","message":"SECRET-PROMPT"}}""")
        );

        AssertFailed(Outcome.Rejected, "http_400", 1, await harness.CallAsync());
    }

    [Fact]
    public async Task Length_is_an_answer_whose_meaning_is_the_callers()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(200, """{"choices":[{"message":{"content":"bil"},"finish_reason":"length"}]}"""),
            Replies.Json(200, """{"choices":[{"message":{"content":null},"finish_reason":"length"}]}""")
        );

        var cut = Answered(await harness.CallAsync());
        var nothing = Answered(await harness.CallAsync());

        Assert.Equal(("bil", "length"), (cut.Text, cut.FinishReason));
        Assert.Equal(("", "length"), (nothing.Text, nothing.FinishReason));
    }

    [Fact]
    public async Task Dead_port_is_unreachable_after_all_attempts()
    {
        // Bound but not listening: no one else gets the port, and connections are refused.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        await using var harness = CallHarness.Create(null, $"http://127.0.0.1:{port}/v1", null);

        var message = Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync()).Message;
        Assert.StartsWith($"Models__0__Endpoint: no connection to 127.0.0.1:{port} in 6 attempts", message, StringComparison.Ordinal);
        Assert.Equal(5, harness.Time.Waits.Count);
    }

    [Fact]
    public async Task Endpoint_without_tls_is_unreachable_over_https()
    {
        await using var server = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = CallHarness.Create(null, $"https://127.0.0.1:{server.Port}/v1", null);

        Assert.IsType<ModelCallResult.Unreachable>(await harness.CallAsync());
        Assert.Empty(server.Ledger);
    }

    [Fact]
    public async Task Cancellation_stops_an_attempt_and_frees_its_slot()
    {
        using var cancellation = new CancellationTokenSource();
        await using var harness = await CallHarness.StartAsync(async context =>
        {
            await cancellation.CancelAsync();
            await UntilAbortedAsync(context);
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

    internal static Completion Answered(ModelCallResult result) => Assert.IsType<ModelCallResult.Answered>(result).Completion;

    private static ModelCallResult.Failed AssertFailed(Outcome outcome, string reason, int attempts, ModelCallResult result)
    {
        var failed = Assert.IsType<ModelCallResult.Failed>(result);
        Assert.Equal((outcome, reason, attempts), (failed.Outcome, failed.Reason, failed.Attempts));
        Assert.DoesNotContain("SECRET", failed.Message, StringComparison.Ordinal);
        return failed;
    }

    private static ModelCallResult.Unreachable AssertAway(Outcome outcome, string reason, int attempts, ModelCallResult result)
    {
        var away = Assert.IsType<ModelCallResult.Unreachable>(result);
        AssertFailed(outcome, reason, attempts, away.IfGivenUp);
        Assert.StartsWith("Models__0__Endpoint: ", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", away.Message, StringComparison.Ordinal);
        return away;
    }

    internal static async Task OutwaitAsync(HttpContext context, SkippingTime time)
    {
        time.Advance(CallHarness.Timeout);
        await UntilAbortedAsync(context);
    }

    private static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}
