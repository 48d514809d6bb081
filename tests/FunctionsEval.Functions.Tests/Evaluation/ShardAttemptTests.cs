using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Tests.Evaluation;

public sealed class ShardAttemptTests : IDisposable
{
    private static readonly TimeSpan MaxOutage = TimeSpan.FromMinutes(30);
    private static readonly ShardReport Away = new(
        ShardStatus.Unreachable,
        new RunFailure("model_unreachable", "away"),
        TimeSpan.FromSeconds(9)
    );

    private readonly ShardFixture _shard = new();

    [Fact]
    public void Gravest_reason_is_told_whatever_the_order()
    {
        foreach (var order in new[] { new[] { 0, 1, 2 }, [2, 1, 0], [1, 2, 0] })
        {
            ShardReport[] reasons = [ShardReport.Incomplete(), new(ShardStatus.Throttled), Away];
            var attempt = Create(left: 10);
            foreach (var index in order)
            {
                attempt.Interrupt(reasons[index]);
            }

            Assert.Equal(ShardStatus.Unreachable, Report(attempt).Status);
        }
    }

    [Fact]
    public void Model_that_served_others_in_this_call_is_there()
    {
        var attempt = Create(left: 10);
        attempt.AddLeft();
        attempt.Conclude();
        attempt.Interrupt(Away);

        var report = Report(attempt);

        Assert.Equal((ShardStatus.Incomplete, TimeSpan.FromSeconds(9), 1), (report.Status, report.RetryAfter, report.Progress));
    }

    [Theory]
    [InlineData(5, true, true)]
    [InlineData(6, true, false)]
    [InlineData(6, false, true)]
    public void Few_samples_and_a_model_that_was_never_reached_are_waited_for_a_fifth_as_long(int left, bool wereReached, bool isShort)
    {
        var attempt = Create(left);

        var report = attempt.ToReport(rows: 100, wereReached, MaxOutage);

        Assert.Equal((left <= 5, isShort ? MaxOutage / 5 : MaxOutage), (report.FewAreLeft, report.OutageLimit));
    }

    [Fact]
    public void Stop_of_the_run_outweighs_everything()
    {
        var attempt = Create(left: 1);
        attempt.Interrupt(new ShardReport(ShardStatus.Failed, RunFailure.OverBudget));

        Assert.Equal(new ShardReport(ShardStatus.Failed, RunFailure.OverBudget), Report(attempt));
        Assert.Equal(RunFailure.OverBudget, _shard.Plan.Stopped);
    }

    [Fact]
    public async Task Step_that_is_broken_off_by_the_stop_interrupts_and_another_fault_is_not_caught()
    {
        using var stop = new CancellationTokenSource();
        var attempt = new ShardAttempt(_shard.Work, _shard.Plan, stop.Token);
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            attempt.UnlessStoppedAsync(() => throw new OperationCanceledException())
        );
        Assert.True(attempt.MayStart);

        await stop.CancelAsync();
        await attempt.UnlessStoppedAsync(() => throw new OperationCanceledException());

        Assert.False(attempt.MayStart);
    }

    public void Dispose() => _shard.Dispose();

    private static ShardReport Report(ShardAttempt attempt) => attempt.ToReport(rows: 100, wereReached: true, MaxOutage);

    private ShardAttempt Create(int left)
    {
        var attempt = new ShardAttempt(_shard.Work, _shard.Plan, CancellationToken.None);
        for (var sample = 0; sample < left; sample++)
        {
            attempt.AddLeft();
        }

        return attempt;
    }
}
