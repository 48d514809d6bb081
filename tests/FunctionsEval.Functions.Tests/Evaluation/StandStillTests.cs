using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>
/// A process that stood still for longer than its lease: another one may have the shard by now, and have sent the same. Nothing is sent
/// before the lease is renewed.
/// </summary>
public sealed class StandStillTests
{
    [Fact]
    public async Task Model_is_asked_nothing_more_before_the_shard_is_surely_the_executors()
    {
        await using var harness = await ShardHarness.StartAsync(2, ("Models:0:MaxConcurrency", "1"));
        harness.Answer = (row, context) =>
        {
            if (harness.Requests.Count == 1)
            {
                StandStill(harness);
            }

            return ShardHarness.RightAsync(row, context);
        };

        await AssertWaitsAsync(harness, () => harness.Requests.Values.Sum() - 1, expected: 1);
    }

    [Fact]
    public async Task Grader_is_asked_nothing_before_the_shard_is_surely_the_executors()
    {
        await using var grader = await ModelServer.StartAsync(Replies.Json(200, """{"scores":[{"id":"0","score":1}]}"""));
        await using var harness = await ShardHarness.StartAsync(
            1,
            ("Graders:Http:units:Url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{grader.Port}/")),
            ("Graders:Http:units:Secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        );
        await harness.PlanAsync(
            ShardHarness.Row(0),
            """{ "task": "generation", "model": "m", "metrics": [{ "name": "grader", "grader": { "type": "http", "endpoint": "units" } }] }"""
        );
        harness.Answer = (row, context) =>
        {
            StandStill(harness);
            return ShardHarness.RightAsync(row, context);
        };

        await AssertWaitsAsync(harness, () => grader.Ledger.Count, expected: 1);

        Assert.Equal(GradeOutcome.Graded, Assert.Single(Assert.Single(await harness.RowsAsync()).Grades!).Value.Outcome);
    }

    private static void StandStill(ShardHarness harness)
    {
        harness.Storage.Hangs = request => request.Headers.TryGetValues("x-ms-lease-action", out var action) && action.First() == "renew";
        harness.Time.Advance(LogLease.Duration + TimeSpan.FromSeconds(1));
    }

    /// <summary>Evaluates the shard, whose renewals hang for five seconds after the process has stood still.</summary>
    private static async Task AssertWaitsAsync(ShardHarness harness, Func<int> sentSince, int expected)
    {
        var evaluating = harness.EvaluateAsync();
        while (harness.Storage.Hangs is null)
        {
            Assert.False(evaluating.IsCompleted);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        for (var step = 0; step < 250; step++)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1, TestContext.Current.CancellationToken);
            Assert.Equal(0, sentSince());
        }

        harness.Storage.Hangs = null;
        while (!evaluating.IsCompleted)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal((ShardStatus.Completed, expected), ((await evaluating).Status, sentSince()));
    }
}
