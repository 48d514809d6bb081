using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>The work on a shard with a log, a clock and a model that are made up.</summary>
public sealed class ShardEvaluationTests : IDisposable
{
    private readonly ShardFixture _shard = new();

    [Fact]
    public async Task Samples_without_a_row_are_asked_about_in_dataset_order_and_logged()
    {
        _shard.Log.Hold(ShardFixture.Logged(1));

        var (attempt, tally, _) = await _shard.RunAsync(4);

        Assert.Equal([0, 2, 3], _shard.Asked);
        Assert.Equal(["row n0", "row n2", "row n3"], _shard.Log.Lines);
        Assert.Equal((0, 3, 4), (attempt.Left, attempt.Progress, tally.Outcomes.Total));
    }

    [Fact]
    public async Task Logged_row_that_was_cut_into_another_shard_is_appended_with_its_place_in_this_one()
    {
        _shard.Log.Hold(ShardFixture.Logged(1) with { Ordinal = 7, Line = 8 });

        await _shard.RunAsync(2);

        var moved = Assert.Single(_shard.Log.Rows, row => row.Id == "n1");
        Assert.Equal((1, 2), (moved.Ordinal, moved.Line));
        Assert.Equal([0], _shard.Asked);
    }

    [Fact]
    public async Task Logged_row_of_another_sample_at_the_same_place_is_not_taken()
    {
        _shard.Log.Hold(ShardFixture.Logged(0) with { Id = "other" });

        await _shard.RunAsync(1);

        Assert.Equal([0], _shard.Asked);
    }

    [Fact]
    public async Task Model_that_is_away_leaves_the_rest_of_the_shard_for_the_next_call()
    {
        _shard.Model = (row, _) => Task.FromResult(row < 2 ? ShardFixture.Right(row) : ShardFixture.Away);

        var (attempt, _, _) = await _shard.RunAsync(10);

        Assert.Equal([0, 1, 2], _shard.Asked);
        Assert.Equal((8, 2, false), (attempt.Left, attempt.Progress, attempt.MayStart));
    }

    [Fact]
    public async Task Samples_go_eight_at_a_time_while_the_model_is_known_to_be_away()
    {
        _shard.IsModelAway = true;
        _shard.Model = (_, _) => Task.FromResult(ShardFixture.Away);

        await _shard.RunAsync(100, concurrency: 50);

        Assert.Equal(8, _shard.Asked.Count);
    }

    [Fact]
    public async Task Call_that_gives_up_brings_every_sample_to_an_outcome()
    {
        _shard.Work = _shard.Work with { GivesUp = true };
        _shard.IsModelAway = true;
        _shard.Model = (_, _) => Task.FromResult(ShardFixture.Away);

        var (attempt, tally, _) = await _shard.RunAsync(20);

        Assert.Equal((0, 20), (attempt.Left, (int)tally.Outcomes.Exhausted));
    }

    [Fact]
    public async Task Settling_asks_nothing_and_counts_what_there_is()
    {
        _shard.Work = _shard.Work with { IsSettling = true };
        _shard.Log.Hold(ShardFixture.Logged(0));
        _shard.Log.Hold(ShardFixture.Logged(1) with { IsPartial = true, InputTokens = 7 });

        var (attempt, tally, _) = await _shard.RunAsync(3);

        Assert.Empty(_shard.Asked);
        Assert.Equal((2, 1, 7), (attempt.Left, (int)tally.Outcomes.Total, (int)tally.State(lines: 3).InputTokens));
    }

    [Fact]
    public async Task Resumption_that_repeats_asks_once_more_about_samples_that_got_no_answer_and_keeps_what_they_cost()
    {
        using var shard = new ShardFixture(repeatsFailedSince: 1);
        shard.Work = shard.Work with { Resumption = 1 };
        shard.Log.Hold(ShardFixture.Logged(0, Outcome.Exhausted) with { Text = null, Prediction = null, InputTokens = 5 });
        shard.Log.Hold(ShardFixture.Logged(1, Outcome.Rejected));

        await shard.RunAsync(2);

        Assert.Equal([0], shard.Asked);
        var row = Assert.Single(shard.Log.Rows);
        Assert.Equal((Outcome.Scored, 15, 1), (row.Outcome, row.InputTokens, row.Resumption));
    }

    [Fact]
    public async Task Failure_that_no_waiting_helps_stops_the_run()
    {
        _shard.Model = (_, _) => Task.FromResult<ModelCallResult>(new ModelCallResult.Misconfigured("Check the key."));

        await _shard.RunAsync(3);

        Assert.Equal(new RunFailure("model_misconfigured", "Check the key."), _shard.Plan.Stopped);
        Assert.Equal([0], _shard.Asked);
    }

    [Fact]
    public async Task Soft_deadline_hands_out_no_further_sample()
    {
        _shard.Model = (row, _) =>
        {
            if (row == 1)
            {
                _shard.Time.Advance(TimeSpan.FromMinutes(4));
            }

            return Task.FromResult(ShardFixture.Right(row));
        };

        var (attempt, _, _) = await _shard.RunAsync(5);

        Assert.Equal([0, 1], _shard.Asked);
        Assert.Equal((3, ShardStatus.Incomplete), (attempt.Left, attempt.ToReport(5, wereReached: true, TimeSpan.Zero).Status));
    }

    [Fact]
    public async Task Log_that_is_late_is_waited_for_before_a_further_sample_is_bought()
    {
        using var stop = new CancellationTokenSource();
        _shard.Log.Late = async cancellationToken =>
        {
            if (_shard.Asked.Count == 2)
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
        };

        var (attempt, _, _) = await _shard.RunAsync(5, hostStops: stop.Token);

        Assert.Equal([0, 1], _shard.Asked);
        Assert.Equal(3, attempt.Left);
    }

    [Fact]
    public async Task Samples_that_may_have_ended_a_process_come_last_in_announced_groups()
    {
        Crash(
            new SessionLine
            {
                Session = SessionLine.Opened,
                Process = "a",
                UpTo = 30,
            }
        );

        await _shard.RunAsync(6);

        Assert.Equal(["row n4", "row n5", "together 0 10", "row n0", "row n1", "together 20 30", "row n2", "row n3"], _shard.Log.Lines);
    }

    [Fact]
    public async Task Suspects_are_evaluated_alone_and_a_quarantined_sample_not_at_all()
    {
        Crash(
            new SessionLine
            {
                Session = SessionLine.Opened,
                Process = "a",
                UpTo = 30,
            },
            new SessionLine
            {
                Session = SessionLine.Opened,
                Process = "b",
                UpTo = 30,
            },
            new SessionLine { Session = SessionLine.Together, Rows = [new RowKey(0, 0), new RowKey(10, 0)] },
            new SessionLine
            {
                Session = SessionLine.Opened,
                Process = "c",
                UpTo = 30,
            },
            new SessionLine { Session = SessionLine.Alone, Rows = [new RowKey(10, 0)] }
        );

        var (_, tally, suspects) = await _shard.RunAsync(2);

        Assert.Equal(["row n1", "alone 0", "row n0"], _shard.Log.Lines);
        Assert.Equal([0], _shard.Asked);
        Assert.StartsWith("process_ended", _shard.Log.Rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal((1, 1, 1), (suspects, (int)tally.Outcomes.Exhausted, (int)tally.Outcomes.Scored));
    }

    public void Dispose() => _shard.Dispose();

    private void Crash(params SessionLine[] lines)
    {
        foreach (var line in lines)
        {
            _shard.Log.Sessions.Add(line);
        }

        _shard.Log.Sessions.End("next");
    }
}
