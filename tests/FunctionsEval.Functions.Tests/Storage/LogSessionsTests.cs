using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Storage;

public sealed class LogSessionsTests
{
    private static readonly RowKey First = new(0, 0);
    private static readonly RowKey Second = new(100, 0);

    private readonly LogSessions _sessions = new();
    private int _process;

    [Fact]
    public void Sample_that_ends_the_process_each_time_is_quarantined_after_three()
    {
        Open(upTo: 100);
        Crash();
        Assert.Equal(100, _sessions.DoubtfulUpTo);
        Assert.Empty(_sessions.Suspects);

        Open(upTo: 100);
        Announce(SessionLine.Together, First, Second);
        Crash();
        Assert.Equal([First, Second], _sessions.Suspects.Order());
        Assert.Empty(_sessions.Quarantined);

        Open(upTo: 100);
        Announce(SessionLine.Alone, Second);
        Crash();
        Assert.Equal([Second], _sessions.Quarantined);
    }

    [Fact]
    public void Executors_that_end_in_order_accuse_nobody()
    {
        for (var times = 0; times < 5; times++)
        {
            Open(upTo: 100);
            Announce(SessionLine.Alone, First);
            _sessions.Add(new SessionLine { Session = SessionLine.Closed });
        }

        Open(upTo: 100);
        Assert.Equal((0, -1L), (_sessions.Crashes, _sessions.DoubtfulUpTo));
        Assert.Empty(_sessions.Suspects);
    }

    [Fact]
    public void Executor_whose_process_opens_the_log_again_has_not_crashed()
    {
        for (var times = 0; times < 5; times++)
        {
            _sessions.Add(
                new SessionLine
                {
                    Session = SessionLine.Opened,
                    Process = "same",
                    UpTo = 100,
                }
            );
            Announce(SessionLine.Together, First);
        }

        _sessions.End("same");
        Assert.Equal((0, -1L), (_sessions.Crashes, _sessions.DoubtfulUpTo));
        Assert.Empty(_sessions.Suspects);
    }

    [Fact]
    public void Three_ends_of_processes_before_a_group_was_announced_make_no_suspect()
    {
        for (var times = 0; times < 3; times++)
        {
            Open(upTo: 100 * times);
            Crash();
        }

        Assert.Equal((3, 200L), (_sessions.Crashes, _sessions.DoubtfulUpTo));
        Assert.Empty(_sessions.Suspects);
    }

    [Fact]
    public void Sample_that_was_alone_without_having_been_in_a_group_is_a_suspect_at_most()
    {
        Open(upTo: 100);
        Announce(SessionLine.Alone, First);
        Crash();

        Assert.Equal([First], _sessions.Suspects);
        Assert.Empty(_sessions.Quarantined);
    }

    [Fact]
    public void Suspect_that_gets_its_outcome_is_none_any_more()
    {
        Open(upTo: 100);
        Announce(SessionLine.Together, First, Second);
        _sessions.Clear(First);
        Crash();
        Assert.Equal([Second], _sessions.Suspects);

        Open(upTo: 100);
        Announce(SessionLine.Alone, Second);
        _sessions.Clear(Second);
        Crash();
        Assert.Empty(_sessions.Suspects);
        Assert.Empty(_sessions.Quarantined);
    }

    private void Open(long upTo) =>
        _sessions.Add(
            new SessionLine
            {
                Session = SessionLine.Opened,
                Process = $"{_process++}",
                UpTo = upTo,
            }
        );

    private void Announce(string how, params RowKey[] rows) => _sessions.Add(new SessionLine { Session = how, Rows = rows });

    private void Crash() => _sessions.End($"{_process}");
}
