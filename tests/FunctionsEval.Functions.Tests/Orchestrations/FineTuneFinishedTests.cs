using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>The wait for a fine-tuning job and its deployment, on a clock of its own.</summary>
public sealed class FineTuneFinishedTests
{
    private static readonly FineTuningRequest Day = new("ftjob-1", TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
    private static readonly FineTuningRuns Ended = new(HasEnded: true, "ft:1", [])
    {
        Waiting = [new WaitingRun("ev-1", 0), new WaitingRun("ev-2", 3)],
    };

    [Fact]
    public async Task Activities_that_fail_for_an_hour_are_tried_again_and_the_runs_are_released()
    {
        var context = new OrchestrationScript(Day);
        var back = context.CurrentUtcDateTime.AddHours(1);
        context.Answers[nameof(ReserveTunedRuns)] = _ =>
            context.CurrentUtcDateTime < back ? throw OrchestrationScript.Fault(nameof(ReserveTunedRuns)) : Ended;
        context.Answers[nameof(ReleaseTunedRuns)] = _ =>
            context.CurrentUtcDateTime < back.AddHours(1) ? throw OrchestrationScript.Fault(nameof(ReleaseTunedRuns)) : true;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        var released = Assert.IsType<DeploymentWait>(context.Calls.Last(call => call.Activity == nameof(ReleaseTunedRuns)).Input);
        Assert.Equal(["ev-1", "ev-2"], released.RunIds);
        Assert.True(released.Schedules);
        Assert.DoesNotContain(context.Calls, call => call.Activity == nameof(CommitRun));
    }

    [Fact]
    public async Task Model_that_is_not_deployed_in_time_ends_every_run_even_if_one_cannot_be_ended()
    {
        var context = new OrchestrationScript(Day);
        context.Answers[nameof(ReserveTunedRuns)] = _ => Ended;
        context.Answers[nameof(ReleaseTunedRuns)] = _ => false;
        context.Answers[nameof(CommitRun)] = end =>
            ((RunEnd)end!).RunId == "ev-1" ? throw OrchestrationScript.Fault(nameof(CommitRun)) : null;
        var began = context.CurrentUtcDateTime;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        Assert.InRange(context.CurrentUtcDateTime - began, TimeSpan.FromHours(23.5), TimeSpan.FromDays(1));
        var ends = context.Calls.Where(call => call.Activity == nameof(CommitRun)).Select(call => (RunEnd)call.Input!).ToList();
        Assert.Equal(
            [("ev-1", 0, "deployment_not_found"), ("ev-2", 3, "deployment_not_found")],
            ends.Select(end => (end.RunId, end.Resumption, end.Failure!.Code))
        );
    }

    [Fact]
    public async Task Wait_of_a_month_keeps_its_history_small()
    {
        var context = new OrchestrationScript(Day with { Deadline = TimeSpan.FromDays(30) });
        context.Answers[nameof(ReserveTunedRuns)] = _ => Ended;
        context.Answers[nameof(ReleaseTunedRuns)] = _ => false;
        context.Answers[nameof(CommitRun)] = _ => null;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        Assert.True(context.Calls.Count > 1000);
        Assert.Single(context.Calls, call => call.Activity == nameof(ReserveTunedRuns));
        Assert.True(context.MaxCallsInOneHistory < 40, $"{context.MaxCallsInOneHistory} calls in one history");
    }

    [Fact]
    public async Task Run_that_could_not_be_reserved_does_not_keep_the_others_waiting()
    {
        var context = new OrchestrationScript(Day);
        var looks = 0;
        context.Answers[nameof(ReserveTunedRuns)] = _ =>
            looks++ == 0
                ? Ended with
                {
                    Waiting = [new WaitingRun("ev-1", 0)],
                    IsPartial = true,
                }
                : Ended with
                {
                    Waiting = [new WaitingRun("ev-2", 0)],
                };
        context.Answers[nameof(ReleaseTunedRuns)] = _ => true;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        var released = context
            .Calls.Where(call => call.Activity == nameof(ReleaseTunedRuns))
            .Select(call => Assert.Single(((DeploymentWait)call.Input!).RunIds));
        Assert.Equal(["ev-1", "ev-2"], released);
    }

    [Fact]
    public async Task Runs_that_were_released_go_on_when_another_one_could_not_be_reserved_until_the_deadline()
    {
        var context = new OrchestrationScript(Day);
        // The storage is away from the second look on, so that the first one's runs are all that is known.
        var looks = 0;
        context.Answers[nameof(ReserveTunedRuns)] = _ =>
            looks++ == 0 ? Ended with { IsPartial = true } : throw OrchestrationScript.Fault(nameof(ReserveTunedRuns));
        context.Answers[nameof(ReleaseTunedRuns)] = _ => true;
        context.Answers[nameof(CommitRun)] = _ => null;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        Assert.All(
            context.Calls.Where(call => call.Activity == nameof(CommitRun)),
            call => Assert.True(((RunEnd)call.Input!).OnlyIfWaiting)
        );
    }

    [Fact]
    public async Task Job_that_ended_without_a_model_ends_the_runs_that_wait_for_it()
    {
        var context = new OrchestrationScript(Day);
        context.Answers[nameof(ReserveTunedRuns)] = _ => Ended with { TunedModel = null };
        context.Answers[nameof(CommitRun)] = _ => null;

        await context.RunToEndAsync(FineTuneFinished.RunAsync);

        Assert.Equal(
            ["fine_tune_failed", "fine_tune_failed"],
            context.Calls.Where(call => call.Activity == nameof(CommitRun)).Select(call => ((RunEnd)call.Input!).Failure!.Code)
        );
    }
}
