using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>What a log file, or continuous integration, sees of a run: no terminal is there, and the clock is the test's.</summary>
public sealed class ProgressPrinterTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_of_five_minutes_is_told_in_few_lines()
    {
        var lines = await ShowAsync(TimeSpan.FromMinutes(5), total: 6000, done: seconds => (long)(seconds * 20));

        // Waiting, running and completed; and each twentieth between.
        Assert.InRange(lines.Count, 10, 23);
        Assert.Contains(lines, line => line.Contains(" of 6,000 answers (50 %), 20/s, about 2 min ", StringComparison.Ordinal));
        Assert.EndsWith("Completed, 6,000 of 6,000 answers (100 %)", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 6000, 3)] // A short run is its changes of status.
    [InlineData(300, null, 33)] // Of a number that is not known, a line every ten seconds.
    [InlineData(36_000, 6000, 23)]
    public async Task Lines_are_ten_seconds_and_a_twentieth_apart(int seconds, int? total, int most)
    {
        var lines = await ShowAsync(TimeSpan.FromSeconds(seconds), total, done: elapsed => (long)(elapsed * 6000 / seconds));

        Assert.InRange(lines.Count, 3, most);
    }

    [Fact]
    public async Task Run_that_stands_still_is_not_told_again()
    {
        var lines = await ShowAsync(TimeSpan.FromHours(1), total: 6000, done: seconds => seconds < 1 ? 0 : 3);

        Assert.Equal(3, lines.Count);
    }

    [Fact]
    public async Task Change_of_status_is_told_at_once()
    {
        var lines = await PrintAsync(
            Progress(RunStatus.Pending, 0),
            Progress(RunStatus.Running, 0),
            Progress(RunStatus.Running, 1),
            Progress(RunStatus.Cancelled, 2)
        );

        Assert.Equal(["Pending", "Running", "Cancelled, 2 of 100 answers (2 %)"], lines.Select(line => line.Split(": ", 2)[1]));
    }

    [Fact]
    public async Task Number_that_was_estimated_is_called_so_and_is_never_below_what_there_is()
    {
        var lines = await PrintAsync(
            Progress(RunStatus.Running, 40) with
            {
                IsTotalEstimated = true,
            },
            Progress(RunStatus.Partial, 130) with
            {
                IsTotalEstimated = true,
            }
        );

        Assert.Contains("40 of about 100 answers", lines[0], StringComparison.Ordinal);
        Assert.Contains("130 of about 130 answers", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_waits_for_is_told_once_while_it_lasts()
    {
        var waiting = Progress(RunStatus.Running, 0) with { Waiting = ["Models__0__Endpoint: no connection to 127.0.0.1:9."] };

        var lines = await PrintAsync(Progress(RunStatus.Running, 0), waiting, waiting, Progress(RunStatus.Failed, 0));

        Assert.Equal(3, lines.Count);
        Assert.Equal("Tried again: Models__0__Endpoint: no connection to 127.0.0.1:9.", lines[1]);
    }

    [Fact]
    public async Task Samples_without_an_answer_are_told_in_words()
    {
        var lines = await PrintAsync(
            Progress(RunStatus.Completed, 0) with
            {
                Outcomes = new OutcomeCounts
                {
                    Scored = 97,
                    Unparsable = 2,
                    TimedOut = 1,
                },
            }
        );

        Assert.EndsWith("Completed, 100 of 100 answers (100 %); 2 unreadable answer, 1 timed out", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Rate_is_that_of_the_last_ten_seconds()
    {
        var rate = new RecentRate(_time);
        Assert.Null(rate.Add(0));
        double? last = null;
        // A thousand in a minute of nothing, then a hundred a second.
        for (var second = 1; second <= 120; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            last = rate.Add(second <= 60 ? 1000 : 1000 + ((second - 60) * 100));
            if (second == 60)
            {
                Assert.Equal(0, last);
            }
        }

        Assert.Equal(100, last!.Value, 9);
    }

    [Fact]
    public void Rate_of_a_count_that_fell_is_none_below_zero()
    {
        var rate = new RecentRate(_time);
        rate.Add(50);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, rate.Add(10));
    }

    private static RunProgress Progress(RunStatus? status, long done) =>
        new("suite/test.jsonl", "ev-1", status, new OutcomeCounts { Scored = done }) { Total = 100 };

    /// <summary>A run that is polled four times a second until it has ended.</summary>
    private Task<List<string>> ShowAsync(TimeSpan length, long? total, Func<double, long> done)
    {
        var polls = (int)(length / Poll);
        return PrintAsync([
            .. Enumerable
                .Range(0, polls + 1)
                .Select(poll =>
                    Progress(
                        poll == 0 ? null
                            : poll == polls ? RunStatus.Completed
                            : RunStatus.Running,
                        done(poll * Poll.TotalSeconds)
                    ) with
                    {
                        Total = total,
                    }
                ),
        ]);
    }

    private async Task<List<string>> PrintAsync(params RunProgress[] polls)
    {
        var printed = new PrintedText(400);
        await new ProgressPrinter(printed.Console, _time).ShowAsync(report =>
        {
            foreach (var poll in polls)
            {
                report([poll]);
                _time.Advance(Poll);
            }

            return Task.FromResult(0);
        });
        return [.. printed.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }
}
