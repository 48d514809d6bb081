using System.Collections.Concurrent;
using System.Globalization;
using Azure.Core;
using Azure.Identity;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Throttling;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>A model that is away is told from a sample that fails by itself, by whether the endpoint serves others meanwhile.</summary>
public sealed class ModelOutageTests
{
    private const string Poison = "poison";

    // One request at a time: what is started during a request is sent after it.
    private static readonly (string, string)[] OneByOne = [("Models:0:MaxConcurrency", "1")];

    [Theory]
    [InlineData("500")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("504")]
    [InlineData("529")]
    [InlineData("loading")]
    [InlineData("overloaded")]
    [InlineData("html")]
    [InlineData("reset")]
    [InlineData("200-html")]
    [InlineData("200-error")]
    public async Task Model_that_serves_nobody_is_away_and_no_sample_is_at_fault(string outage)
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:MaxConcurrency", "4")], Fault(outage));

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(sample => AskAsync(harness, $"{sample}")));

        Assert.All(
            results,
            result =>
            {
                var away = Assert.IsType<ModelCallResult.Unreachable>(result);
                Assert.StartsWith(
                    $"Models__0__Endpoint: 127.0.0.1:{harness.Server.Port} failed in ",
                    away.Message,
                    StringComparison.Ordinal
                );
                Assert.Equal(Outcome.Exhausted, away.IfGivenUp.Outcome);
            }
        );
        Assert.Equal(outage != "reset", HealthOf(harness).WasEverReached);
    }

    [Theory]
    [InlineData("86400", 600)]
    [InlineData("45", 45)]
    public async Task Outage_that_says_how_long_it_lasts_is_an_outage_all_the_same(string retryAfter, double seconds)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(503, "server_error", null, ("Retry-After", retryAfter)));

        var away = Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, "a"));

        Assert.Equal(TimeSpan.FromSeconds(seconds), away.After);
        Assert.Single(harness.Server.Ledger);
    }

    [Fact]
    public async Task Message_of_an_outage_names_the_status_and_the_endpoints_code()
    {
        await using var harness = await CallHarness.StartAsync(Fault("loading"));

        var away = Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, "a"));

        Assert.EndsWith(
            "failed in 6 attempts, the last with status 503, unavailable_error. Check that the server works.",
            away.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("503", 6, Outcome.Exhausted, "server_error")]
    [InlineData("500", 6, Outcome.Exhausted, "server_error")]
    [InlineData("reset", 6, Outcome.Exhausted, CallReasons.ConnectionBroken)]
    [InlineData("424", 6, Outcome.Exhausted, "server_error")]
    [InlineData("firewall", 6, Outcome.Rejected, "http_403")]
    [InlineData("200-html", 6, Outcome.Exhausted, CallReasons.UnreadableBody)]
    [InlineData("200-paid", 2, Outcome.Exhausted, CallReasons.EmptyChoices)]
    [InlineData("silence", 2, Outcome.TimedOut, CallReasons.TimedOut)]
    public async Task Sample_that_fails_while_its_neighbours_are_served_is_at_fault(
        string fault,
        int attempts,
        Outcome outcome,
        string reason
    )
    {
        CallHarness? harness = null;
        var neighbours = new ConcurrentQueue<Task<ModelCallResult>>();
        await using (harness = await CallHarness.StartAsync(OneByOne, AnswerAsync))
        {
            // The first to be denied access would be taken for the set-up's fault.
            CallResults.Answered(await AskAsync(harness, "neighbour"));
            var failed = Assert.IsType<ModelCallResult.Failed>(await AskAsync(harness, Poison));

            Assert.Equal((outcome, reason, attempts), (failed.Outcome, failed.Reason, failed.Attempts));
            Assert.All(await Task.WhenAll(neighbours), neighbour => CallResults.Answered(neighbour));
        }

        Task AnswerAsync(HttpContext context)
        {
            if (ModelServer.BodyOf(context).GetProperty("messages")[0].GetProperty("content").GetString() != Poison)
            {
                return Replies.Ok(context);
            }

            neighbours.Enqueue(AskAsync(harness!, "neighbour"));
            return fault == "silence" ? CallResults.OutwaitAsync(context, harness!.Time) : Fault(fault)(context);
        }
    }

    [Fact]
    public async Task Neighbour_that_was_served_before_the_first_failure_proves_nothing()
    {
        await using var harness = await CallHarness.StartAsync(OneByOne, Replies.Ok, Fault("503"));

        CallResults.Answered(await AskAsync(harness, "neighbour"));

        Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, Poison));
    }

    [Fact]
    public async Task Call_that_fails_waits_for_the_neighbours_that_were_sent_before_its_last_attempt()
    {
        var health = new ModelHealth();
        using var failing = health.Observe();
        using var slow = health.Observe();
        using var late = health.Observe();
        Fail(failing);
        slow.Send();
        Fail(failing);
        late.Send();

        var wereOthersServed = failing.WereOthersServedAsync(TestContext.Current.CancellationToken);
        Assert.False(wereOthersServed.IsCompleted);
        slow.End(RequestEnd.Served);

        Assert.True(await wereOthersServed);
    }

    [Fact]
    public async Task Neighbour_that_was_sent_after_the_last_attempt_proves_nothing()
    {
        var health = new ModelHealth();
        using var failing = health.Observe();
        using var back = health.Observe();
        Fail(failing);
        Fail(failing);
        back.Send();
        back.End(RequestEnd.Served);

        Assert.False(await failing.WereOthersServedAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>An endpoint that goes away, comes back and goes away again: what failed both times is not what it does not serve.</summary>
    [Fact]
    public async Task Calls_that_fail_in_two_outages_are_not_at_fault_although_others_were_served_between_them()
    {
        var health = new ModelHealth();
        ModelHealth.Observer[] calls = [.. Enumerable.Range(0, 5).Select(_ => health.Observe())];
        using var between = health.Observe();
        FailTogether(calls);
        between.Send();
        between.End(RequestEnd.Served);
        FailTogether(calls);

        foreach (var call in calls)
        {
            Assert.False(await call.WereOthersServedAsync(TestContext.Current.CancellationToken));
            call.Dispose();
        }
    }

    [Fact]
    public async Task Call_that_fails_among_served_ones_is_at_fault_whatever_outages_it_meets_besides()
    {
        var health = new ModelHealth();
        using var poisoned = health.Observe();
        using var other = health.Observe();
        FailTogether(poisoned, other);
        Serve(health);
        Fail(poisoned);
        Serve(health);
        FailTogether(poisoned, other);

        Assert.True(await poisoned.WereOthersServedAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Neighbours_that_fail_or_are_throttled_prove_nothing()
    {
        var health = new ModelHealth();
        using var failing = health.Observe();
        using var other = health.Observe();
        Fail(failing);
        Fail(other);
        other.Send();
        other.End(RequestEnd.Silent);
        other.Send();
        other.End(RequestEnd.Silent);
        Fail(failing);

        Assert.False(await failing.WereOthersServedAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Access_that_is_denied_to_everybody_is_the_set_up_and_after_somebody_was_served_perhaps_the_prompt()
    {
        await using var closed = await CallHarness.StartAsync(Fault("firewall"));
        await using var harness = await CallHarness.StartAsync(Replies.Ok, Fault("firewall"));

        var misconfigured = Assert.IsType<ModelCallResult.Misconfigured>(await AskAsync(closed, Poison));
        CallResults.Answered(await AskAsync(harness, "neighbour"));
        var away = Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, Poison));

        Assert.Single(closed.Server.Ledger);
        Assert.All(
            [misconfigured.Message, away.Message],
            message => Assert.StartsWith("Models__0__ApiKey: the endpoint denied access (status 403). ", message, StringComparison.Ordinal)
        );
        Assert.Equal((Outcome.Rejected, "http_403"), (away.IfGivenUp.Outcome, away.IfGivenUp.Reason));
    }

    [Fact]
    public async Task First_prompt_that_is_denied_waits_for_the_neighbours_that_are_under_way()
    {
        var health = new ModelHealth();
        using var denied = health.Observe();
        using var neighbour = health.Observe();
        using var late = health.Observe();
        denied.Send();
        neighbour.Send();
        denied.End(RequestEnd.Failed);
        late.Send();

        var wasAnyoneServed = denied.WasAnyoneServedAsync(TestContext.Current.CancellationToken);
        Assert.False(wasAnyoneServed.IsCompleted);
        neighbour.End(RequestEnd.Silent);

        Assert.False(await wasAnyoneServed);
        late.End(RequestEnd.Served);
        Assert.True(await denied.WasAnyoneServedAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Gateway_without_its_model_is_misconfigured()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(424, "model_error"));

        var misconfigured = Assert.IsType<ModelCallResult.Misconfigured>(await AskAsync(harness, "a"));

        Assert.StartsWith("Models__0__Deployment: ", misconfigured.Message, StringComparison.Ordinal);
        Assert.Contains("status 424, model_error", misconfigured.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_behind_a_gateway_is_read_by_the_status_in_its_header()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(424, "invalid_value", "stop", ("ms-azureml-model-error-statuscode", "400"))
        );

        var failed = Assert.IsType<ModelCallResult.Failed>(await AskAsync(harness, "a"));

        Assert.Equal((Outcome.Rejected, "invalid_value", 1), (failed.Outcome, failed.Reason, failed.Attempts));
    }

    [Fact]
    public async Task Identity_whose_service_is_away_is_an_outage()
    {
        await using var harness = await CallHarness.StartAzureAsync(
            new Identity(() => throw new AuthenticationFailedException("SECRET tenant")),
            [],
            Replies.Ok
        );

        var away = Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, "a"));

        Assert.StartsWith("Models__0__ApiKey: ", away.Message, StringComparison.Ordinal);
        Assert.Empty(harness.Server.Ledger);
    }

    [Fact]
    public async Task Identity_that_gave_a_token_before_is_not_missing()
    {
        // A token that has run out is asked for again with each call.
        var asked = 0;
        await using var harness = await CallHarness.StartAzureAsync(
            new Identity(() =>
                asked++ == 0 ? new AccessToken("t", DateTimeOffset.UnixEpoch) : throw new CredentialUnavailableException("SECRET tenant")
            ),
            [],
            Replies.Ok
        );

        CallResults.Answered(await AskAsync(harness, "a"));

        Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, "b"));
    }

    [Fact]
    public async Task Endpoint_that_refuses_connections_is_named_after_three_failures_and_once_in_the_log()
    {
        await using var harness = CallHarness.Create(server: null, "http://127.0.0.1:1/v1", identity: null);

        Assert.IsType<ModelCallResult.Unreachable>(await AskAsync(harness, "a"));

        const string Trouble = "Models__0__Endpoint: no connection to 127.0.0.1:1 (name, port, TLS certificate or firewall).";
        Assert.Equal(Trouble, HealthOf(harness).Trouble);
        Assert.Contains(
            Trouble,
            Assert.Single(harness.Log.GetSnapshot(), record => record.Id.Id == 3004).Message,
            StringComparison.Ordinal
        );
        Serve(HealthOf(harness));
        Assert.Null(HealthOf(harness).Trouble);
    }

    [Fact]
    public async Task Failures_among_requests_that_are_served_are_no_trouble()
    {
        await using var harness = await CallHarness.StartAsync(Fault("503"), Fault("503"), Replies.Ok);

        CallResults.Answered(await AskAsync(harness, "a"));

        Assert.Null(HealthOf(harness).Trouble);
        Assert.DoesNotContain(harness.Log.GetSnapshot(), record => record.Id.Id == 3004);
    }

    private static ModelHealth HealthOf(CallHarness harness) =>
        harness.Registry.TryGet("m", out var model) ? model.Health : throw new InvalidOperationException();

    private static void Fail(ModelHealth.Observer call)
    {
        call.Send();
        call.End(RequestEnd.Failed);
    }

    private static Task<ModelCallResult> AskAsync(CallHarness harness, string prompt) =>
        harness.CallAsync("m", new ModelRequest { Messages = [new ChatMessage("user", prompt)] }, TestContext.Current.CancellationToken);

    private static RequestDelegate Fault(string kind) =>
        kind switch
        {
            "loading" => Replies.Json(503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"""),
            "overloaded" => Replies.Json(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""),
            "html" => Replies.Html(502),
            "firewall" => Replies.Html(403),
            "reset" => Replies.Reset("application/json", ""),
            "200-html" => Replies.Html(200),
            "200-paid" => Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}"""),
            "200-error" => Replies.Json(200, """{"error":{"message":"SECRET-PROMPT","code":502}}"""),
            _ => Replies.Error(int.Parse(kind, CultureInfo.InvariantCulture), "server_error"),
        };

    private sealed class Identity(Func<AccessToken> token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => token();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token());
    }

    /// <summary>The calls' requests are under way at once, and all fail.</summary>
    private static void FailTogether(params ModelHealth.Observer[] calls)
    {
        foreach (var call in calls)
        {
            call.Send();
        }

        foreach (var call in calls)
        {
            call.End(RequestEnd.Failed);
        }
    }

    private static void Serve(ModelHealth health)
    {
        using var call = health.Observe();
        call.Send();
        call.End(RequestEnd.Served);
    }
}
