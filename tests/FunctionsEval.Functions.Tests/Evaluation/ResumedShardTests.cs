using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard that is called again: after another planning, a resumption, or for a model that was away.</summary>
public sealed class ResumedShardTests
{
    private static readonly (string Key, string Value)[] OneAttempt = [("ModelCalls:MaxAttempts", "1")];
    private static readonly RequestDelegate PaidInVain = Replies.Json(
        200,
        """{ "choices": [], "usage": { "prompt_tokens": 7, "completion_tokens": 3 } }"""
    );

    [Fact]
    public async Task Manifest_of_an_earlier_planning_wins_over_other_shard_settings()
    {
        await using var harness = await ShardHarness.StartAsync(
            40,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );
        var planned = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);

        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);

        var again = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);
        Assert.Equal(planned.Shards, again.Shards);
    }

    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(32, 35, 40)]
    public async Task Shard_is_bounded_in_answers_and_not_in_rows_alone(int repeats, int fewest, int most)
    {
        await using var harness = await ShardHarness.StartAsync(
            1,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );

        var plan = await harness.PlanAsync(
            string.Concat(Enumerable.Range(10, 40).Select(ShardHarness.Row)),
            $$"""{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"], "repeats": {{repeats}} }"""
        );

        Assert.InRange(plan.Shards, fewest, most);
    }

    [Fact]
    public async Task Rows_of_logs_whose_manifest_is_lost_are_found_by_their_place_in_the_dataset()
    {
        await using var harness = await ShardHarness.StartAsync(
            40,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );
        await EvaluateAllAsync(harness);
        Assert.Equal(40, harness.Requests.Values.Sum());

        // Only the shard logs are left.
        var blobs = harness.Get<RunBlobs>();
        var before = (await blobs.ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken)).Shards.Count;
        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        for (var shard = 0; shard < before; shard++)
        {
            harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, shard)}");
        }

        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);
        var shards = await EvaluateAllAsync(harness);

        var rows = new List<EvaluatedSample>();
        for (var shard = 0; shard < shards; shard++)
        {
            rows.AddRange(await harness.RowsAsync(shard));
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"n{number}"), rows.Select(row => row.Id));
    }

    [Fact]
    public async Task Stop_of_a_run_that_was_forgotten_does_not_stop_the_one_that_is_started_again()
    {
        await using var harness = await ShardHarness.StartAsync(10);
        var plans = harness.Get<RunPlans>();
        (await plans.GetAsync(ShardHarness.RunId, 0, TestContext.Current.CancellationToken)).Stop(RunFailure.Cancelled);
        Assert.Equal(ShardStatus.Failed, (await harness.EvaluateAsync()).Status);

        await harness.PlanAsync(harness.Run);

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
    }

    /// <summary>An orchestration was terminated: its groups, and the calls in its queue, do not know.</summary>
    [Theory]
    [InlineData(nameof(RunStatus.Failed), 0)]
    [InlineData(nameof(RunStatus.Running), 1)]
    public async Task Shard_of_a_run_that_ended_or_was_resumed_without_it_pays_for_nothing(string status, int resumptions)
    {
        await using var harness = await ShardHarness.StartAsync(10);
        harness.SetRow(Enum.Parse<RunStatus>(status), resumptions);

        var report = await harness.EvaluateAsync();

        Assert.Equal((ShardStatus.Failed, RunFailure.Superseded), (report.Status, report.Failure));
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Samples_of_an_ended_run_are_not_written_over_by_an_execution_of_the_past()
    {
        await using var harness = await ShardHarness.StartAsync(10);
        await harness.EvaluateAsync();
        harness.Storage.Write($"runs/{StorageNames.Samples(ShardHarness.RunId)}", "kept"u8.ToArray());
        harness.SetRow(RunStatus.Completed, resumptions: 1);

        await harness
            .Get<WriteSamples>()
            .RunAsync(new SummaryRequest(ShardHarness.RunId, Resumption: 0, IsComplete: false), TestContext.Current.CancellationToken);

        Assert.Equal("kept", harness.Storage.TextOf($"runs/{StorageNames.Samples(ShardHarness.RunId)}"));
    }

    [Fact]
    public async Task Failed_samples_that_a_stopped_resumption_did_not_come_to_are_asked_by_the_next()
    {
        await using var harness = await ShardHarness.StartAsync(20);
        harness.Answer = (row, context) => row is "5" or "6" ? Replies.Error(400, "x")(context) : ShardHarness.RightAsync(row, context);
        await harness.EvaluateAsync();
        var log = $"runs/{StorageNames.ShardLog(ShardHarness.RunId, Roles.Candidate, 0)}";
        harness.Storage.Write(
            log,
            System.Text.Encoding.UTF8.GetBytes(
                harness.LogText().Replace("\"outcome\":\"rejected\"", "\"outcome\":\"exhausted\"", StringComparison.Ordinal)
            )
        );
        harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, 0)}");
        harness.NewProcess();
        await harness.EvaluateAsync();

        // The first resumption is cancelled before it comes to the shard.
        harness.Answer = ShardHarness.RightAsync;
        await harness.PlanAsync(harness.Run with { Resumption = 1, RepeatsFailed = true });
        await harness.EvaluateAsync(ShardHarness.Work with { Resumption = 1, IsSettling = true });
        var blobs = harness.Get<RunBlobs>();
        var settled = await blobs.ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
        Assert.Equal((20L, 2L), (settled.Outcomes.Total, settled.Outcomes.Exhausted));
        await harness.PlanAsync(harness.Run with { Resumption = 2 });
        await harness.EvaluateAsync(ShardHarness.Work with { Resumption = 2 });

        var state = await blobs.ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
        Assert.Equal((20L, 0L), (state.Outcomes.Total, state.Outcomes.Exhausted));
        Assert.Equal((2, 2, 22), (harness.Requests["5"], harness.Requests["6"], harness.Requests.Values.Sum()));
    }

    [Fact]
    public async Task Failed_samples_alone_are_asked_again_once_a_resumption_and_what_they_cost_before_is_kept()
    {
        await using var harness = await WithOneExhaustedAsync();
        await harness.PlanAsync(harness.Run with { Resumption = 1, RepeatsFailed = true });
        var work = ShardHarness.Work with { Resumption = 1 };
        Assert.Equal(
            (ShardStatus.Completed, 1),
            ((await harness.EvaluateAsync(work)) is var report ? report.Status : default, report!.Progress)
        );
        await harness.EvaluateAsync(work);

        Assert.Equal((21, 2), (harness.Requests.Values.Sum(), harness.Requests["5"]));
        var row = (await harness.RowsAsync()).Single(row => row.Id == "n5");
        Assert.Equal((Outcome.Scored, 2, 1), (row.Outcome, row.Attempts, row.Resumption));
        var state = await harness
            .Get<RunBlobs>()
            .ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
        Assert.Equal((20L, 0L, 1), (state.Outcomes.Total, state.Outcomes.Exhausted, state.Resumption));
    }

    [Fact]
    public async Task Failed_samples_that_a_resumption_was_stopped_before_are_asked_again_by_the_next()
    {
        await using var harness = await WithOneExhaustedAsync();
        await harness.PlanAsync(harness.Run with { Resumption = 1, RepeatsFailed = true });
        Assert.Equal(
            ShardStatus.Completed,
            (await harness.EvaluateAsync(ShardHarness.Work with { Resumption = 1, IsSettling = true })).Status
        );

        await harness.PlanAsync(harness.Run with { Resumption = 2 });
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Resumption = 2 })).Status);

        Assert.Equal((21, 2), (harness.Requests.Values.Sum(), harness.Requests["5"]));
        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Scored, row.Outcome));
    }

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
    public async Task What_was_paid_in_vain_before_the_host_stopped_is_booked()
    {
        await using var harness = await ShardHarness.StartAsync(2);
        harness.Answer = (_, context) => PaidInVain(context);
        using var host = new CancellationTokenSource();
        var call = harness.EvaluateAsync(host.Token);
        // The clock stands still: both samples wait for their second attempt.
        Assert.True(harness.Get<ModelRegistry>().TryGet("m", out var model));
        while (harness.Requests.Count < 2 || model.Limiter.Snapshot().InFlight > 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await host.CancelAsync();

        Assert.Equal(ShardStatus.Incomplete, (await call).Status);
        Assert.All(
            await harness.RowsAsync(),
            row => Assert.Equal((true, 7, 3, 1), (row.IsPartial, row.InputTokens, row.OutputTokens, row.Attempts))
        );
        Assert.Equal(2, (await harness.RowsAsync()).Count);
    }

    [Fact]
    public async Task What_a_stopped_run_paid_for_samples_without_an_outcome_counts()
    {
        await using var harness = await ShardHarness.StartAsync(10);
        await harness.EvaluateAsync();
        RewriteLog(harness, "\"id\":\"n7\"", text => text.Replace("\"isPartial\":false", "\"isPartial\":true", StringComparison.Ordinal));

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { IsSettling = true })).Status);

        var state = await harness
            .Get<RunBlobs>()
            .ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
        Assert.Equal(
            (9L, 100L, 20L, 10L, false),
            (state.Outcomes.Total, state.InputTokens, state.OutputTokens, state.Requests, state.IsComplete)
        );
    }

    [Fact]
    public async Task Cancellation_is_seen_although_progress_could_not_be_written_before()
    {
        await using var harness = await ShardHarness.StartAsync(
            40,
            ("Models:0:RequestsPerMinute", "1"),
            ("Evaluation:ShardSoftDeadline", "00:20:00")
        );
        var table = harness.Tables.Table(StorageNames.RunsTable);
        var faults = new Queue<Exception>([
            new AggregateException(new RequestFailedException(0, "No connection.")),
            new TaskCanceledException("No answer in time."),
            new RequestFailedException(503, "Busy."),
        ]);
        table.UpsertFault = () => faults.TryDequeue(out var fault) ? fault : null;
        table.Set(new TableEntity(table.Find(ShardHarness.RunId, RunEntity.RowKey)!) { ["CancelRequested"] = false });
        var call = harness.EvaluateAsync();
        while (faults.Count > 0 && !call.IsCompleted)
        {
            await PassAsync();
        }

        table.Set(new TableEntity(table.Find(ShardHarness.RunId, RunEntity.RowKey)!) { ["CancelRequested"] = true });
        while (!call.IsCompleted)
        {
            await PassAsync();
        }

        Assert.Equal(RunFailure.Cancelled, (await call).Failure);

        async Task PassAsync()
        {
            harness.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
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

    [Theory]
    [InlineData("00:05:00", true)]
    [InlineData("00:28:00", true)]
    [InlineData("00:28:01", false)]
    public void Model_whose_time_out_does_not_fit_into_a_function_keeps_the_app_from_starting(string timeout, bool fits)
    {
        var model = new ModelOptions
        {
            Name = "m",
            Section = "0",
            Endpoint = new Uri("http://127.0.0.1"),
            Deployment = "d",
            Timeout = TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture),
        };
        var validator = new EvaluationOptionsValidator(
            new ModelRegistry([model], _ => throw new NotSupportedException()),
            new FunctionTimeout(TimeSpan.FromMinutes(30))
        );

        var result = validator.Validate(Options.DefaultName, new EvaluationOptions());

        Assert.Equal(fits, result.Succeeded);
        if (!fits)
        {
            Assert.Contains("Models__0__Timeout", result.FailureMessage, StringComparison.Ordinal);
            Assert.Contains("AzureFunctionsJobHost__functionTimeout", result.FailureMessage, StringComparison.Ordinal);
        }
    }

    /// <summary>A finished shard of twenty samples, one of which is logged as a sample that got no answer.</summary>
    private static async Task<ShardHarness> WithOneExhaustedAsync()
    {
        var harness = await ShardHarness.StartAsync(20);
        harness.Answer = (row, context) => row == "5" ? Replies.Error(400, "x")(context) : ShardHarness.RightAsync(row, context);
        await harness.EvaluateAsync();
        RewriteLog(
            harness,
            "\"outcome\":\"rejected\"",
            line => line.Replace("\"outcome\":\"rejected\"", "\"outcome\":\"exhausted\"", StringComparison.Ordinal)
        );
        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(20, harness.Requests.Values.Sum());
        harness.Answer = ShardHarness.RightAsync;
        return harness;
    }

    /// <summary>Changes the lines of a log that hold a text, and forgets that the shard was finished.</summary>
    private static void RewriteLog(ShardHarness harness, string holding, Func<string, string> change)
    {
        var lines = harness.LogText().Split('\n');
        Assert.Contains(lines, line => line.Contains(holding, StringComparison.Ordinal));
        var changed = lines.Select(line => line.Contains(holding, StringComparison.Ordinal) ? change(line) : line);
        harness.Storage.Write(
            $"runs/{StorageNames.ShardLog(ShardHarness.RunId, Roles.Candidate, 0)}",
            System.Text.Encoding.UTF8.GetBytes(string.Join('\n', changed))
        );
        harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, 0)}");
    }

    private static async Task<int> EvaluateAllAsync(ShardHarness harness)
    {
        var shards = (await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken))
            .Shards
            .Count;
        for (var shard = 0; shard < shards; shard++)
        {
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard })).Status);
        }

        return shards;
    }
}
