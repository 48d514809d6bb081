using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard whose model is away or throttles: what it reports, and what its samples come to when it is called again.</summary>
public sealed class AwayModelTests
{
    private static readonly (string Key, string Value)[] OneAttempt = [("ModelCalls:MaxAttempts", "1")];
    private static readonly RequestDelegate PaidInVain = Replies.Json(
        200,
        """{ "choices": [], "usage": { "prompt_tokens": 7, "completion_tokens": 3 } }"""
    );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deployment_that_is_not_found_is_waited_for_in_an_automatic_run_only(bool isAutomatic)
    {
        await using var harness = await ShardHarness.StartAsync(10);
        await harness.PlanAsync($"{ShardHarness.Row(0)}{ShardHarness.Row(1)}", isAutomatic: isAutomatic);
        harness.Answer = (_, context) => Replies.Error(404, "DeploymentNotFound")(context);

        var report = await harness.EvaluateAsync();

        if (!isAutomatic)
        {
            Assert.Equal((ShardStatus.Failed, "model_misconfigured"), (report.Status, report.Failure!.Code));
            return;
        }

        Assert.Equal((ShardStatus.Unreachable, "model_misconfigured"), (report.Status, report.Failure!.Code));
        Assert.Equal(TimeSpan.FromMinutes(10), report.OutageLimit);
        harness.Answer = ShardHarness.RightAsync;
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Scored, row.Outcome));
    }

    [Fact]
    public async Task What_was_paid_in_vain_while_the_model_was_away_is_booked_and_kept()
    {
        await using var harness = await ShardHarness.StartAsync(10, OneAttempt);
        harness.Answer = (_, context) => PaidInVain(context);
        Assert.Equal(ShardStatus.Unreachable, (await harness.EvaluateAsync()).Status);
        var asked = harness.Requests.Values.Sum();
        var rows = await harness.RowsAsync();
        Assert.All(rows, row => Assert.Equal((true, 7, 3), (row.IsPartial, row.InputTokens, row.OutputTokens)));
        Assert.Equal(asked, rows.Count);

        harness.Answer = ShardHarness.RightAsync;
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        rows = await harness.RowsAsync();
        Assert.Equal((10, true), (rows.Count, rows.All(row => row is { Outcome: Outcome.Scored, IsPartial: false })));
        Assert.Equal(
            ((10 * 10) + (asked * 7), (10 * 2) + (asked * 3), 10 + asked),
            (rows.Sum(row => row.InputTokens), rows.Sum(row => row.OutputTokens), rows.Sum(row => row.Attempts))
        );
    }

    [Fact]
    public async Task Model_that_is_away_is_reported_with_how_long_it_may_be()
    {
        await using var harness = await ShardHarness.StartAsync(40, [.. OneAttempt, ("Models:0:Endpoint", "http://127.0.0.1:1/v1")]);

        var report = await harness.EvaluateAsync();

        Assert.Equal((ShardStatus.Unreachable, 0, false), (report.Status, report.Progress, report.FewAreLeft));
        // A fifth of the setting, because the endpoint was never reached.
        Assert.Equal(TimeSpan.FromMinutes(1), report.OutageLimit);
    }

    [Fact]
    public async Task Endpoint_that_refuses_connections_is_told_with_the_progress_until_it_serves()
    {
        await using var harness = await ShardHarness.StartAsync(40, OneAttempt);
        harness.NewProcess(("Models:0:Endpoint", "http://127.0.0.1:1/v1"));
        // Each time at least one request fails, however many calls beside it are given up before theirs does.
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(ShardStatus.Unreachable, (await harness.EvaluateAsync()).Status);
        }

        Assert.Equal(
            ["Models__0__Endpoint: no connection to 127.0.0.1:1 (name, port, TLS certificate or firewall)."],
            (await ReadAsync(RunStatus.Running)).Waiting
        );
        Assert.Empty((await ReadAsync(RunStatus.Failed)).Waiting);

        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Empty((await ReadAsync(RunStatus.Running)).Waiting);

        Task<Run> ReadAsync(RunStatus status) =>
            harness
                .Get<RunTables>()
                .Progress.AddToAsync(new Run { RunId = ShardHarness.RunId, Status = status }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Model_that_was_away_is_asked_about_few_samples_until_it_serves_because_each_may_be_paid()
    {
        await using var harness = await ShardHarness.StartAsync(40, [.. OneAttempt, ("Models:0:MaxConcurrency", "16")]);
        harness.Answer = (_, context) =>
            Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}""")(context);
        Assert.Equal(ShardStatus.Unreachable, (await harness.EvaluateAsync()).Status);
        var paid = harness.Requests.Values.Sum();

        Assert.Equal(ShardStatus.Unreachable, (await harness.EvaluateAsync()).Status);

        Assert.Equal(paid + 8, harness.Requests.Values.Sum());
        harness.Answer = ShardHarness.RightAsync;
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(paid + 8 + 40, harness.Requests.Values.Sum());
    }

    /// <summary>A shard that waited for its turn would be handed back, and nobody would know any more since when the model is away.</summary>
    [Fact]
    public async Task Shard_whose_model_is_away_asks_about_a_few_samples_although_it_is_anothers_turn()
    {
        await using var harness = await ShardHarness.StartAsync(40, [.. OneAttempt, ("Models:0:MaxConcurrency", "1")]);
        harness.Answer = (_, context) => Replies.Error(503, "x")(context);
        Assert.Equal(ShardStatus.Unreachable, (await harness.EvaluateAsync()).Status);
        using var turn = harness.Get<ShardTurns>().Enter(ShardHarness.Work);
        Assert.True(harness.Get<ModelRegistry>().TryGet("m", out var model));
        await model.Line.PassAsync(0, TestContext.Current.CancellationToken);
        using var leaves = new CancellationTokenSource();
        var waiting = model.Line.PassAsync(0, leaves.Token);

        var evaluating = harness.EvaluateAsync();
        while (!evaluating.IsCompleted && model.Limiter.Snapshot().Waiting < 2)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        model.Limiter.Release(SlotResult.Unknown, TimeSpan.Zero);
        Assert.Equal(ShardStatus.Unreachable, (await evaluating).Status);
    }

    [Fact]
    public async Task Sample_that_fails_by_itself_does_not_hide_that_the_model_is_back()
    {
        await using var harness = await ShardHarness.StartAsync(6, OneAttempt);
        harness.Answer = (_, context) => Replies.Error(503, "x")(context);
        await harness.EvaluateAsync();

        harness.Answer = (row, context) => row == "0" ? Replies.Error(500, "x")(context) : ShardHarness.RightAsync(row, context);

        Assert.Equal(5, (await harness.EvaluateAsync()).Progress);
    }

    [Fact]
    public async Task Samples_that_nobody_waits_for_any_longer_come_to_an_outcome()
    {
        await using var harness = await ShardHarness.StartAsync(10, [.. OneAttempt, ("Models:0:Endpoint", "http://127.0.0.1:1/v1")]);

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { GivesUp = true })).Status);

        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Exhausted, row.Outcome));
    }

    [Fact]
    public async Task Throttled_samples_are_left_and_the_others_have_their_outcome()
    {
        await using var harness = await ShardHarness.StartAsync(40);
        harness.Answer = (row, context) =>
            row == "39" ? Replies.Throttle(("Retry-After", "60"))(context) : ShardHarness.RightAsync(row, context);

        var report = await harness.EvaluateAsync();

        Assert.Equal((ShardStatus.Throttled, 39, true), (report.Status, report.Progress, report.FewAreLeft));
        Assert.InRange(report.RetryAfter, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(65));
        Assert.Equal(TimeSpan.FromMinutes(1), report.OutageLimit);
    }
}
