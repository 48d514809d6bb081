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

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard whose run is stopped, ended or cancelled, or whose host stops.</summary>
public sealed class StoppedShardTests
{
    private static readonly RequestDelegate PaidInVain = Replies.Json(
        200,
        """{ "choices": [], "usage": { "prompt_tokens": 7, "completion_tokens": 3 } }"""
    );

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
        harness.RewriteLog("\"id\":\"n7\"", text => text.Replace("\"isPartial\":false", "\"isPartial\":true", StringComparison.Ordinal));

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
}
