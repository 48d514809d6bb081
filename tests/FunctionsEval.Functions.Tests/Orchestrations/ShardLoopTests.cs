using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>How long shards wait, and what becomes of a run that waits in vain. The clock is virtual.</summary>
public sealed class ShardLoopTests
{
    private static readonly RunFailure Away = new("model_unreachable", "Models__0__Endpoint: nothing answers.");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Call = TimeSpan.FromSeconds(1);

    [Fact]
    public void Model_that_is_away_for_less_than_the_limit_delays_a_shard_and_changes_nothing()
    {
        var back = TimeSpan.FromMinutes(4);
        var run = Orchestrate(shards: 1, (_, after) => after < back ? Outage() : ShardReport.Completed);

        Assert.Null(run.Evaluate());

        Assert.True(run.Elapsed >= back);
        Assert.InRange(run.Orchestration.Calls.Count, 2, 12); // The waits double from 5 s to a minute.
    }

    [Fact]
    public void Model_that_stays_away_ends_the_run_soon_after_the_limit()
    {
        var run = Orchestrate(shards: 3, (_, _) => Outage());

        Assert.Equal(Away, run.Evaluate());

        Assert.InRange(run.Elapsed, Limit, Limit + TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(run.Works, work => work.GivesUp);
    }

    [Fact]
    public void Model_that_asks_to_be_left_alone_is_asked_again_after_that_time_which_counts()
    {
        var asked = TimeSpan.FromMinutes(10);
        var run = Orchestrate(shards: 1, (_, _) => Outage() with { RetryAfter = asked });

        Assert.Equal(Away, run.Evaluate());

        Assert.InRange(run.Elapsed, asked, asked + TimeSpan.FromSeconds(30));
        Assert.Equal(2, run.Works.Count);
    }

    [Fact]
    public void Progress_starts_the_wait_for_a_model_anew()
    {
        // A model that serves a little every four minutes is slow, not away.
        var run = Orchestrate(
            shards: 1,
            (_, after) =>
                after > TimeSpan.FromMinutes(20)
                    ? ShardReport.Completed
                    : Outage() with
                    {
                        Progress = (int)after.TotalMinutes % 4 == 0 ? 1 : 0,
                    }
        );

        Assert.Null(run.Evaluate());
    }

    [Fact]
    public void Few_samples_that_get_no_answer_are_given_up_after_the_limit_and_the_shard_finishes()
    {
        var run = Orchestrate(shards: 1, (work, _) => work.GivesUp ? ShardReport.Completed : Outage() with { FewAreLeft = true });

        Assert.Null(run.Evaluate());

        Assert.True(run.Works[^1].GivesUp);
        Assert.InRange(run.Elapsed, Limit, Limit + TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Few_samples_that_are_throttled_whatever_happens_are_given_up_after_three_calls()
    {
        var run = Orchestrate(
            shards: 1,
            (work, _) =>
                work.GivesUp
                    ? ShardReport.Completed
                    : new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromSeconds(30)) { FewAreLeft = true }
        );

        Assert.Null(run.Evaluate());

        Assert.Equal([false, false, false, true], run.Works.Select(work => work.GivesUp));
    }

    [Fact]
    public void Many_samples_that_are_throttled_wait_until_the_deadline()
    {
        var run = Orchestrate(
            shards: 1,
            (_, _) => new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromMinutes(1)),
            deadline: TimeSpan.FromMinutes(50)
        );

        Assert.Equal(RunFailure.DeadlineReached, run.Evaluate());

        Assert.InRange(run.Elapsed, TimeSpan.FromMinutes(48), TimeSpan.FromMinutes(50));
    }

    [Fact]
    public void Waiting_goes_into_another_execution_so_that_no_history_grows()
    {
        var run = Orchestrate(
            shards: 100,
            (_, _) => new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromMinutes(1)),
            deadline: TimeSpan.FromDays(1)
        );

        var end = run.EvaluateOnce();

        Assert.Equal((null, 100), (end.Failure, end.Unfinished.Count));
        Assert.InRange(run.Orchestration.Calls.Count, 100, 300);
        // Nobody loses the time at which it is called again, or what it knows of its waiting.
        Assert.All(end.Unfinished, item => Assert.True(item.Stalls > 0));
        Assert.Equal(100, end.Unfinished.Select(item => item.Item).Distinct().Count());
    }

    [Fact]
    public void Group_continues_as_new_with_what_is_unfinished()
    {
        var input = Group(shards: 100, TimeSpan.FromDays(1));
        var orchestration = new VirtualOrchestration(input)
        {
            Answer = (_, _) => (new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromMinutes(1)), Call),
        };

        Assert.Null(orchestration.Run(EvaluateShardGroup.RunAsync));

        Assert.Equal(100, Assert.IsType<ShardGroup>(orchestration.Next).Pending!.Count);
    }

    [Fact]
    public void Cancellation_ends_every_wait_at_once()
    {
        var run = Orchestrate(shards: 10, (_, _) => new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromMinutes(10)));
        run.Orchestration.At(TimeSpan.FromSeconds(90), one => one.Raise(OrchestrationNames.CancelEvent));

        Assert.Equal(RunFailure.Cancelled, run.Evaluate());

        Assert.Equal(TimeSpan.FromSeconds(90), run.Elapsed);
    }

    [Fact]
    public void What_fails_one_shard_ends_the_waits_of_the_others()
    {
        var failure = new RunFailure("model_misconfigured", "Models__0__ApiKey: refused.");
        var run = Orchestrate(
            shards: 8,
            (work, _) =>
                work.Shard == 7
                    ? new ShardReport(ShardStatus.Failed, failure)
                    : new ShardReport(ShardStatus.Throttled, RetryAfter: TimeSpan.FromMinutes(10))
        );

        Assert.Equal(failure, run.Evaluate());

        Assert.Equal(Call, run.Elapsed);
    }

    [Fact]
    public void What_makes_a_run_fail_outweighs_what_stops_it()
    {
        var failure = new RunFailure("dataset_changed", "datasets/a.jsonl was replaced.");
        var run = Orchestrate(
            shards: 3,
            (work, _) => new ShardReport(ShardStatus.Failed, work.Shard == 1 ? failure : RunFailure.OverBudget)
        );

        Assert.Equal(failure, run.Evaluate());
    }

    [Fact]
    public void Calls_under_way_are_few_while_instances_take_them_late_and_more_while_they_take_them_at_once()
    {
        var late = Orchestrate(shards: 100, (_, _) => ShardReport.Completed with { Waited = TimeSpan.FromMinutes(1) });
        var prompt = Orchestrate(shards: 100, (_, _) => ShardReport.Completed);

        Assert.Null(late.Evaluate());
        Assert.Null(prompt.Evaluate());

        Assert.Equal(PlanReport.InitialWindow, late.Orchestration.MaxUnderWay);
        Assert.InRange(prompt.Orchestration.MaxUnderWay, 2 * PlanReport.InitialWindow, 100);
        // In the end four are under way: a hundred calls, sixteen at first, one less after each, cannot be faster.
        Assert.True(late.Elapsed > prompt.Elapsed * 3);
    }

    [Fact]
    public void Shards_that_get_no_slot_wait_in_timers_and_leave_the_instances_to_those_that_do()
    {
        // A quota that serves one shard a minute, whatever number of them instances hold: the others wait ten seconds and hand back.
        var served = TimeSpan.Zero;
        var run = Orchestrate(
            shards: 20,
            (_, now) =>
            {
                if (now < served)
                {
                    return ShardReport.Incomplete(TimeSpan.FromSeconds(5)) with { GotNoSlot = true };
                }

                served = now + TimeSpan.FromMinutes(1);
                return ShardReport.Completed;
            }
        );

        Assert.Null(run.Evaluate());

        // At most two calls a minute of each shard that waits, not one every few seconds.
        Assert.InRange(run.Works.Count, 20, (int)(20 * 2 * run.Elapsed.TotalMinutes));
        Assert.InRange(run.Elapsed, TimeSpan.FromMinutes(19), TimeSpan.FromMinutes(45));
    }

    [Fact]
    public void Shard_that_waits_for_a_slot_is_called_when_another_is_finished()
    {
        // One shard has all slots for two minutes; another that is called meanwhile hands back after ten seconds.
        var (start, shard) = (new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), TimeSpan.FromMinutes(2));
        var free = start;
        VirtualOrchestration orchestration = null!;
        orchestration = new VirtualOrchestration(new object())
        {
            Answer = (_, _) =>
            {
                var now = orchestration.CurrentUtcDateTime;
                if (now < free)
                {
                    return (ShardReport.Incomplete(TimeSpan.FromSeconds(5)) with { GotNoSlot = true }, TimeSpan.FromSeconds(10));
                }

                free = now + shard;
                return (ShardReport.Completed, shard);
            },
        };

        var end = orchestration.Run(context =>
            ShardLoop.EvaluateAsync(context, Group(5, TimeSpan.FromDays(1)), new TaskCompletionSource().Task)
        );

        Assert.Null(end.Failure);
        Assert.Empty(end.Unfinished);
        // The slots were never idle.
        Assert.Equal(start + (5 * shard), orchestration.CurrentUtcDateTime);
    }

    /// <summary>A baseline's finished shard frees no slot of the candidate's model.</summary>
    [Fact]
    public void Shard_that_waits_for_a_slot_is_not_called_for_one_of_another_role()
    {
        // The candidate's only shard gets no slot for five minutes, while one of the baseline ends each second.
        var from = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        VirtualOrchestration orchestration = null!;
        orchestration = new VirtualOrchestration(new object())
        {
            Answer = (_, input) =>
                ((ShardWork)input).Role == "baseline" ? (ShardReport.Completed, TimeSpan.FromSeconds(1 + ((ShardWork)input).Shard))
                : orchestration.CurrentUtcDateTime < from.AddMinutes(5)
                    ? (ShardReport.Incomplete(TimeSpan.FromSeconds(5)) with { GotNoSlot = true }, TimeSpan.FromSeconds(10))
                : (ShardReport.Completed, TimeSpan.FromSeconds(1)),
        };
        var group = Group(1, TimeSpan.FromDays(1)) with
        {
            Roles = ["candidate", "baseline"],
            Pending = [new PendingItem(0), .. Enumerable.Range(0, 40).Select(shard => new PendingItem((2 * shard) + 1))],
        };

        orchestration.Run(context => ShardLoop.EvaluateAsync(context, group, new TaskCompletionSource().Task));

        // After 15, 35, 65, 115 s and then each 70 s.
        Assert.InRange(orchestration.Calls.Count(call => ((ShardWork)call.Input).Role == "candidate"), 2, 8);
    }

    /// <summary>The wait doubles up to a minute; doubled on without a bound, it would be no time that there is.</summary>
    [Fact]
    public void Shard_that_gets_no_slot_for_hours_goes_on_in_the_end()
    {
        var calls = 0;
        var run = Orchestrate(
            shards: 1,
            (_, _) => ++calls <= 100 ? ShardReport.Incomplete(TimeSpan.FromSeconds(5)) with { GotNoSlot = true } : ShardReport.Completed,
            deadline: TimeSpan.FromDays(1)
        );

        Assert.Null(run.Evaluate());

        Assert.Equal(101, calls);
    }

    [Fact]
    public void Calls_that_get_no_slot_make_fewer_calls_under_way()
    {
        var window = new ShardWindow(8);
        for (var call = 0; call < 8; call++)
        {
            Assert.True(window.EnterAsync().IsCompleted);
        }

        window.Leave(TimeSpan.Zero, gotNoSlot: true);
        Assert.Equal(7, window.Size);
        window.Leave(TimeSpan.Zero);
        Assert.Equal(8, window.Size);
    }

    [Fact]
    public void Groups_that_wait_are_told_when_one_of_them_cannot_go_on()
    {
        var orchestration = new VirtualOrchestration(new object())
        {
            Answer = (_, input) =>
                ((ShardGroup)input).First == 100 ? (RunFailure.OverBudget, TimeSpan.FromSeconds(5)) : (null, TimeSpan.FromMinutes(5)),
        };
        var groups = Enumerable.Range(0, 20).Select(group => Group(100, TimeSpan.FromDays(1)) with { First = group * 100 });

        var stop = orchestration.Run(context => ShardGroups.EvaluateAsync(context, groups, new TaskCompletionSource().Task));

        Assert.Equal(RunFailure.OverBudget, stop);
        Assert.Equal(8, orchestration.Calls.Count); // Those that were under way; no other is begun.
        Assert.Equal(7, orchestration.Sent.Count(sent => sent.Name == OrchestrationNames.CancelEvent));
    }

    [Fact]
    public void Calls_that_fail_in_every_attempt_end_the_run_and_nobody_waits_for_their_places()
    {
        var orchestration = new VirtualOrchestration(new object())
        {
            Answer = (name, _) => (OrchestrationScript.Fault(name), TimeSpan.FromMinutes(5)),
        };

        var end = orchestration.Run(context =>
            ShardLoop.EvaluateAsync(context, Group(100, TimeSpan.FromDays(1)), new TaskCompletionSource().Task)
        );

        Assert.Equal("internal_error", end.Failure!.Code);
        Assert.Contains(nameof(EvaluateShard), end.Failure.Message, StringComparison.Ordinal);
        // Those that were under way; a run that fails calls for nothing more.
        Assert.Equal(PlanReport.InitialWindow, orchestration.Calls.Count);
    }

    [Fact]
    public void Groups_that_fail_end_the_run_and_nobody_waits_for_their_places()
    {
        var orchestration = new VirtualOrchestration(new object())
        {
            Answer = (name, _) => (OrchestrationScript.Fault(name), TimeSpan.FromMinutes(5)),
        };
        var groups = Enumerable.Range(0, 20).Select(group => Group(100, TimeSpan.FromDays(1)) with { First = group * 100 });

        var stop = orchestration.Run(context => ShardGroups.EvaluateAsync(context, groups, new TaskCompletionSource().Task));

        Assert.Equal("internal_error", stop!.Code);
        Assert.Equal(8, orchestration.Calls.Count);
    }

    [Fact]
    public void Settling_that_fails_ends_the_run()
    {
        var orchestration = new VirtualOrchestration(new object()) { Answer = (name, _) => (OrchestrationScript.Fault(name), Call) };

        var end = orchestration.Run(context =>
            ShardLoop.EvaluateAsync(
                context,
                Group(100, TimeSpan.FromDays(1)) with
                {
                    IsSettling = true,
                    Deadline = DateTime.MaxValue,
                },
                new TaskCompletionSource().Task
            )
        );

        Assert.Equal("internal_error", end.Failure!.Code);
    }

    private static ShardReport Outage() => new(ShardStatus.Unreachable, Away) { OutageLimit = Limit };

    private static ShardGroup Group(int shards, TimeSpan deadline) =>
        new("ev-virtual", ["candidate"], 0, shards, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) + deadline)
        {
            Window = PlanReport.InitialWindow,
        };

    private static Evaluation Orchestrate(int shards, Func<ShardWork, TimeSpan, ShardReport> answer, TimeSpan? deadline = null) =>
        new(Group(shards, deadline ?? TimeSpan.FromHours(1)), answer);

    /// <summary>A group that is evaluated, execution after execution.</summary>
    private sealed class Evaluation
    {
        private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        private readonly ShardGroup _group;

        public Evaluation(ShardGroup group, Func<ShardWork, TimeSpan, ShardReport> answer)
        {
            _group = group;
            Orchestration = new VirtualOrchestration(group)
            {
                Answer = (name, input) =>
                {
                    Assert.Equal(nameof(EvaluateShard), name);
                    Works.Add((ShardWork)input);
                    return (answer((ShardWork)input, Elapsed), Call);
                },
            };
        }

        public VirtualOrchestration Orchestration { get; }

        public List<ShardWork> Works { get; } = [];

        public TimeSpan Elapsed => Orchestration.CurrentUtcDateTime - Start;

        public ShardLoopEnd EvaluateOnce() =>
            Orchestration.Run(context =>
                ShardLoop.EvaluateAsync(context, _group, context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent))
            );

        public RunFailure? Evaluate()
        {
            var group = _group;
            while (true)
            {
                var end = Orchestration.Run(context =>
                    ShardLoop.EvaluateAsync(context, group, context.WaitForExternalEvent<bool>(OrchestrationNames.CancelEvent))
                );
                if (end.Failure is not null || end.Unfinished.Count == 0)
                {
                    return end.Failure;
                }

                group = group with { Pending = end.Unfinished };
            }
        }
    }
}
