using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Models;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.Activities;

/// <summary>A shard that is called again: after another planning, a resumption, or for a model that was away.</summary>
public sealed class ResumedShardTests
{
    private static readonly (string Key, string Value)[] s_oneAttempt = [("ModelCalls:MaxAttempts", "1")];

    [Fact]
    public async Task Manifest_of_an_earlier_planning_wins_over_other_shard_settings()
    {
        await using var harness = await ShardHarness.StartAsync(40, ("Evaluation:MinRowsPerShard", "10"), ("Evaluation:MaxRowsPerShard", "10"));
        var planned = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);

        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);

        var again = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);
        Assert.Equal(planned.Shards, again.Shards);
    }

    [Fact]
    public async Task Rows_of_logs_whose_manifest_is_lost_are_found_by_their_place_in_the_dataset()
    {
        await using var harness = await ShardHarness.StartAsync(40, ("Evaluation:MinRowsPerShard", "10"), ("Evaluation:MaxRowsPerShard", "10"));
        await EvaluateAllAsync(harness);
        Assert.Equal(40, harness.Requests.Values.Sum());

        // Only the row logs are left.
        var blobs = harness.Get<RunBlobs>();
        var before = (await blobs.ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken)).Shards.Count;
        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        for (var shard = 0; shard < before; shard++)
            harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, shard)}");
        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);
        var shards = await EvaluateAllAsync(harness);

        var rows = new List<LogRow>();
        for (var shard = 0; shard < shards; shard++)
            rows.AddRange(await harness.RowsAsync(shard));
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

    [Fact]
    public async Task Failed_samples_alone_are_asked_again_once_a_resumption_and_what_they_cost_before_is_kept()
    {
        await using var harness = await ShardHarness.StartAsync(20);
        harness.Answer = (row, context) => row == "5" ? Replies.Error(400, "x")(context) : ShardHarness.RightAsync(row, context);
        await harness.EvaluateAsync();
        // As a sample that got no answer is logged.
        var log = $"runs/{StorageNames.RowLog(ShardHarness.RunId, Roles.Candidate, 0)}";
        harness.Storage.Write(log, System.Text.Encoding.UTF8.GetBytes(harness.LogText().Replace("\"outcome\":\"rejected\"", "\"outcome\":\"exhausted\"", StringComparison.Ordinal)));
        harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, 0)}");
        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(20, harness.Requests.Values.Sum());

        harness.Answer = ShardHarness.RightAsync;
        await harness.PlanAsync(harness.Run with { Resumption = 1, RepeatsFailed = true });
        var work = ShardHarness.Work with { Resumption = 1 };
        Assert.Equal((ShardStatus.Completed, 1), ((await harness.EvaluateAsync(work)) is var report ? report.Status : default, report!.Progress));
        await harness.EvaluateAsync(work);

        Assert.Equal((21, 2), (harness.Requests.Values.Sum(), harness.Requests["5"]));
        var row = (await harness.RowsAsync()).Single(row => row.Id == "n5");
        Assert.Equal((Outcome.Scored, 2, 1), (row.Outcome, row.Attempts, row.Resumption));
        var state = await harness.Get<RunBlobs>().ReadShardStateAsync(ShardHarness.RunId, Roles.Candidate, 0, TestContext.Current.CancellationToken);
        Assert.Equal((20L, 0L, 1), (state.Outcomes.Total, state.Outcomes.Exhausted, state.Resumption));
    }

    [Fact]
    public async Task Model_that_is_away_is_reported_with_how_long_it_may_be()
    {
        await using var harness = await ShardHarness.StartAsync(40, [.. s_oneAttempt, ("Models:0:Endpoint", "http://127.0.0.1:1/v1")]);

        var report = await harness.EvaluateAsync();

        Assert.Equal((ShardStatus.Unreachable, 0, false), (report.Status, report.Progress, report.FewAreLeft));
        // A fifth of the setting, because the endpoint was never reached.
        Assert.Equal(TimeSpan.FromMinutes(1), report.OutageLimit);
    }

    [Fact]
    public async Task Model_that_was_away_is_asked_about_few_samples_until_it_serves_because_each_may_be_paid()
    {
        await using var harness = await ShardHarness.StartAsync(40, [.. s_oneAttempt, ("Models:0:MaxConcurrency", "16")]);
        harness.Answer = (_, context) => Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}""")(context);
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
        await using var harness = await ShardHarness.StartAsync(6, s_oneAttempt);
        harness.Answer = (_, context) => Replies.Error(503, "x")(context);
        await harness.EvaluateAsync();

        harness.Answer = (row, context) => row == "0" ? Replies.Error(500, "x")(context) : ShardHarness.RightAsync(row, context);

        Assert.Equal(5, (await harness.EvaluateAsync()).Progress);
    }

    [Fact]
    public async Task Samples_that_nobody_waits_for_any_longer_come_to_an_outcome()
    {
        await using var harness = await ShardHarness.StartAsync(10, [.. s_oneAttempt, ("Models:0:Endpoint", "http://127.0.0.1:1/v1")]);

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { GivesUp = true })).Status);

        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Exhausted, row.Outcome));
    }

    [Fact]
    public async Task Throttled_samples_are_left_and_the_others_have_their_outcome()
    {
        await using var harness = await ShardHarness.StartAsync(40);
        harness.Answer = (row, context) => row == "39" ? Replies.Throttle(("Retry-After", "60"))(context) : ShardHarness.RightAsync(row, context);

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
        var model = new ModelOptions { Name = "m", Section = "0", Endpoint = new Uri("http://127.0.0.1"), Deployment = "d", Timeout = TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture) };
        var validator = new EvaluationOptionsValidator(new ModelRegistry([model], _ => throw new NotSupportedException()), new FunctionTimeout(TimeSpan.FromMinutes(30)));

        var result = validator.Validate(Options.DefaultName, new EvaluationOptions());

        Assert.Equal(fits, result.Succeeded);
        if (!fits)
        {
            Assert.Contains("Models__0__Timeout", result.FailureMessage, StringComparison.Ordinal);
            Assert.Contains("AzureFunctionsJobHost__functionTimeout", result.FailureMessage, StringComparison.Ordinal);
        }
    }

    private static async Task<int> EvaluateAllAsync(ShardHarness harness)
    {
        var shards = (await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken)).Shards.Count;
        for (var shard = 0; shard < shards; shard++)
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard })).Status);
        return shards;
    }
}
