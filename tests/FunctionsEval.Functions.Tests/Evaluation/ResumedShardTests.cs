using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A shard of a run that is resumed: which samples are asked again, and what is kept of what they cost.</summary>
public sealed class ResumedShardTests
{
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

    /// <summary>A finished shard of twenty samples, one of which is logged as a sample that got no answer.</summary>
    private static async Task<ShardHarness> WithOneExhaustedAsync()
    {
        var harness = await ShardHarness.StartAsync(20);
        harness.Answer = (row, context) => row == "5" ? Replies.Error(400, "x")(context) : ShardHarness.RightAsync(row, context);
        await harness.EvaluateAsync();
        harness.RewriteLog(
            "\"outcome\":\"rejected\"",
            line => line.Replace("\"outcome\":\"rejected\"", "\"outcome\":\"exhausted\"", StringComparison.Ordinal)
        );
        harness.NewProcess();
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        Assert.Equal(20, harness.Requests.Values.Sum());
        harness.Answer = ShardHarness.RightAsync;
        return harness;
    }
}
