using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Probing;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Probing;

/// <summary>What a probe says of endpoints that are away, refuse everything, or fail amid it.</summary>
public sealed class UnusableEndpointProbeTests
{
    [Theory]
    [InlineData(301, "Models__0__Endpoint: the endpoint redirects", 1)]
    [InlineData(400, "The endpoint refused the request (status 400", 1)]
    [InlineData(401, "Models__0__ApiKey: the endpoint refused the key", 1)]
    [InlineData(402, "Models__0__ApiKey: the account has no quota or credit left", 1)]
    [InlineData(403, "Models__0__ApiKey: the endpoint denied access", 1)]
    [InlineData(404, "Models__0__Endpoint: nothing answers at this address", 1)]
    [InlineData(405, "Models__0__Endpoint: the endpoint does not serve the Chat API in this way", 1)]
    [InlineData(408, "Models__0__Endpoint: 127.0.0.1:", 2)]
    [InlineData(424, "Models__0__Deployment: 127.0.0.1:", 2)]
    [InlineData(500, "Models__0__Endpoint: 127.0.0.1:", 2)]
    [InlineData(503, "Models__0__Endpoint: 127.0.0.1:", 2)]
    public async Task Endpoint_that_refuses_everything_is_asked_once_or_twice_and_says_what_to_do(int status, string problem, int requests)
    {
        await using var harness = await ProbeHarness.StartAsync(Replies.Html(status));

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.StartsWith(problem, probe.Problem, StringComparison.Ordinal);
        Assert.Equal((requests, requests), (harness.Ledger.Count, probe.Used.Requests));
        Assert.Equal(ProbeFeature.Answer, Assert.Single(probe.Findings).Feature);
        Assert.Empty(probe.RuledOut);
    }

    [Theory]
    [InlineData("bad_request", "Models__0__Endpoint. Check it")]
    [InlineData("content_filter", "look at the content filter of deployment 'tuned-1'")]
    public async Task Refusal_of_the_simplest_question_says_what_to_look_at(string code, string advice)
    {
        await using var harness = await ProbeHarness.StartAsync(Replies.Error(400, code));

        Assert.Contains(advice, (await harness.ProbeAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_that_throttles_for_ever_is_given_up_and_says_what_it_asks_for()
    {
        await using var harness = await ProbeHarness.StartAsync(
            Replies.Throttle(("retry-after", "3"), ("x-ratelimit-remaining-tokens", "0"))
        );

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.Contains("raise the quota", probe.Problem, StringComparison.Ordinal);
        Assert.Equal("3", probe.LimitHeaders["retry-after"]);
        // Waits of three seconds and a bit within fifteen.
        Assert.InRange(harness.Ledger.Count, 2, 6);
    }

    [Fact]
    public async Task Wait_that_is_longer_than_a_probe_is_not_waited_out()
    {
        await using var harness = await ProbeHarness.StartAsync(Replies.Throttle(("retry-after", "3600")));

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.Contains("It asks for a wait of 10 minutes or longer", probe.Problem, StringComparison.Ordinal);
        Assert.Single(harness.Ledger);
    }

    [Fact]
    public async Task Page_in_the_place_of_an_answer_is_no_answer()
    {
        await using var harness = await ProbeHarness.StartAsync(Replies.Html(200));

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.Contains("no JSON, such as the page of a proxy", probe.Problem, StringComparison.Ordinal);
        Assert.Equal(2, harness.Ledger.Count);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/v1")]
    [InlineData("http://no-such-host.invalid/v1")]
    public async Task Endpoint_that_is_not_there_is_said_to_be_away(string address)
    {
        // Another name than this machine's must be https.
        var endpoint = address.Contains("127.0.0.1", StringComparison.Ordinal)
            ? address
            : address.Replace("http:", "https:", StringComparison.Ordinal);
        await using var harness = ProbeHarness.Create(null, endpoint, null);

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.StartsWith("Models__0__Endpoint: no connection to ", probe.Problem, StringComparison.Ordinal);
        Assert.Equal(2, probe.Used.Requests);
    }

    [Fact]
    public async Task Server_without_tls_is_said_to_be_away()
    {
        await using var server = await ModelServer.StartAsync(Replies.Ok);
        await using var harness = ProbeHarness.Create(null, $"https://127.0.0.1:{server.Port}/v1", null);

        Assert.Contains("TLS certificate", (await harness.ProbeAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_that_is_silent_costs_two_attempts_and_two_minutes()
    {
        ProbeHarness? harness = null;
        await using var started = harness = await ProbeHarness.StartAsync(async context =>
        {
            harness!.Time.Advance(ProbeLimits.Attempt);
            await CallResults.UntilAbortedAsync(context);
        });
        var begun = harness.Time.GetUtcNow();

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.Contains("within 60 s (Models__0__Timeout) in 2 attempts", probe.Problem, StringComparison.Ordinal);
        Assert.Equal(2, harness.Ledger.Count);
        Assert.True(harness.Time.GetUtcNow() - begun < ProbeLimits.Total);
    }

    [Fact]
    public async Task Probe_ends_when_its_time_is_over_and_says_so()
    {
        ProbeHarness? harness = null;
        await using var started = harness = await ProbeHarness.StartAsync(
            async context =>
            {
                harness!.Time.Advance(ProbeLimits.Total);
                await CallResults.UntilAbortedAsync(context);
            },
            ("Models:0:Timeout", "00:50:00")
        );

        var probe = await harness.ProbeAsync();

        Assert.False(probe.IsUsable);
        Assert.NotNull(probe.Problem);
    }

    [Fact]
    public async Task Endpoint_that_fails_after_its_first_answer_is_not_asked_everything()
    {
        var isFirst = true;
        await using var harness = await ProbeHarness.StartAsync(context =>
        {
            var answer = isFirst ? Replies.Ok : Replies.Html(500);
            isFirst = false;
            return answer(context);
        });

        var probe = await harness.ProbeAsync();

        Assert.True(probe.IsUsable);
        Assert.Equal(1 + (ProbeLimits.MaxFaults * 2), harness.Ledger.Count);
        Assert.Equal(ProbeState.Unknown, probe.Findings.Single(finding => finding.Feature == ProbeFeature.Images).State);
    }

    [Fact]
    public async Task One_probe_at_a_time_is_made()
    {
        var (asked, answered) = (new TaskCompletionSource(), new TaskCompletionSource());
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(async context =>
        {
            asked.TrySetResult();
            await answered.Task;
            await endpoint.AnswerAsync(context);
        });

        var first = harness.ProbeAsync();
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = await harness.Prober.TryProbeAsync(harness.Model(), TestContext.Current.CancellationToken);
        answered.SetResult();

        Assert.Null(second);
        Assert.True((await first).IsUsable);
        Assert.True((await harness.ProbeAsync()).IsUsable);
    }

    [Fact]
    public async Task Probe_waits_its_turn_among_the_requests_of_runs()
    {
        var endpoint = new CapableEndpoint();
        await using var harness = await ProbeHarness.StartAsync(endpoint.AnswerAsync, ("Models:0:MaxConcurrency", "1"));
        await harness.Model().Line.PassAsync(0, TestContext.Current.CancellationToken);

        var probing = harness.ProbeAsync();
        Assert.True(SpinWait.SpinUntil(() => harness.Model().Limiter.Snapshot().Waiting == 1, TimeSpan.FromMinutes(1)));
        Assert.Empty(harness.Ledger);
        harness.Model().Limiter.Release(FunctionsEval.Functions.ModelClients.Throttling.SlotResult.Served, TimeSpan.FromSeconds(1));

        Assert.True((await probing).IsUsable);
    }

    [Fact]
    public async Task Probe_that_nobody_waits_for_ends()
    {
        var asked = new TaskCompletionSource();
        await using var harness = await ProbeHarness.StartAsync(async context =>
        {
            asked.TrySetResult();
            await CallResults.UntilAbortedAsync(context);
        });
        using var gone = new CancellationTokenSource();

        var probing = harness.Prober.TryProbeAsync(harness.Model(), gone.Token);
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }
}
