using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>What is before a run that has not begun.</summary>
public sealed class RunQueueTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RunTables _tables;
    private readonly RunQueue _queue;

    public RunQueueTests()
    {
        var service = new MemoryTables();
        var open = new OpenRuns(service);
        (_tables, _queue) = (new RunTables(service, open), new RunQueue(open, new RunTables(service, open)));
    }

    [Fact]
    public async Task Pending_run_counts_the_open_runs_that_were_started_before_it()
    {
        await ReserveAsync(
            new Run
            {
                RunId = "ev-running",
                Status = RunStatus.Running,
                Started = Noon.AddMinutes(-2),
            }
        );
        await ReserveAsync(
            new Run
            {
                RunId = "ev-waiting",
                Status = RunStatus.Pending,
                Started = Noon.AddMinutes(-1),
            }
        );
        await ReserveAsync(
            new Run
            {
                RunId = "ev-later",
                Status = RunStatus.Pending,
                Started = Noon.AddMinutes(1),
            }
        );
        await ReserveAsync(
            new Run
            {
                RunId = "ev-ended",
                Status = RunStatus.Completed,
                Started = Noon.AddMinutes(-3),
            }
        );
        await ReserveAsync(
            new Run
            {
                RunId = "ev-tuned",
                Status = RunStatus.AwaitingDeployment,
                Started = Noon.AddMinutes(-3),
            }
        );
        await ReserveAsync(
            new Run
            {
                RunId = "ev-member",
                Status = RunStatus.Running,
                Started = Noon.AddMinutes(-3),
                Group = "ev-running",
            }
        );
        var run = await ReserveAsync(
            new Run
            {
                RunId = "ev-1",
                Status = RunStatus.Pending,
                Started = Noon,
            }
        );

        Assert.Equal(new RunsBefore(1, 1), await _queue.CountBeforeAsync(run, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(RunStatus.Running)]
    [InlineData(RunStatus.AwaitingDeployment)]
    [InlineData(RunStatus.Completed)]
    public async Task Run_that_does_not_wait_for_its_turn_has_nothing_before_it(RunStatus status)
    {
        var run = await ReserveAsync(
            new Run
            {
                RunId = "ev-1",
                Status = status,
                Started = Noon,
            }
        );

        Assert.Null(await _queue.CountBeforeAsync(run, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_so_many_open_runs_are_looked_at_and_the_answer_says_so()
    {
        for (var number = 0; number < 230; number++)
        {
            await ReserveAsync(
                new Run
                {
                    RunId = $"ev-a{number:D3}",
                    Status = RunStatus.Pending,
                    Started = Noon.AddHours(-1),
                }
            );
        }

        var run = await ReserveAsync(
            new Run
            {
                RunId = "ev-z",
                Status = RunStatus.Pending,
                Started = Noon,
            }
        );

        Assert.Equal(new RunsBefore(0, 200, IsMore: true), await _queue.CountBeforeAsync(run, TestContext.Current.CancellationToken));
    }

    private async Task<Run> ReserveAsync(Run run)
    {
        run = run with { Dataset = "a/b.jsonl" };
        await _tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
        return run;
    }
}
